//! Issuing warnings: filters, registries, and how they are shown (`_warnings`).

use crate::class::TypeObj;
use crate::frame_object::FrameObj;
use crate::object::*;
use crate::value::{Res, Value};
use crate::vm::Vm;

/// Key of the state (a list of four) in the module state.
static STATE: u8 = 0;
const FILTERS: usize = 0;
const ONCE: usize = 1;
const DEFAULT_ACTION: usize = 2;
const VERSION: usize = 3;

/// Where a warning is issued.
#[derive(Clone, Copy)]
pub struct Place {
    pub filename: Value,
    pub line: i64,
    pub module: Option<Value>,
    pub registry: Option<Value>,
    pub source: Option<Value>,
}

impl Vm {
    fn warning_state(&mut self) -> Res<Ref<ListObj>> {
        let key = &raw const STATE as usize;
        if let Some(l) = self
            .interp()
            .module_state
            .get(&key)
            .and_then(|v| v.downcast::<ListObj>())
        {
            return Ok(l);
        }
        let filters = self.default_filters()?;
        let once = self.new_dict()?.value();
        let action = self.intern("default");
        let version = Value::int_unchecked(0);
        let l = self.new_list(&[filters, once, action, version])?;
        self.interp().module_state.insert(key, l);
        // SAFETY: made above.
        Ok(unsafe { l.cast() })
    }

    fn default_filters(&mut self) -> Res {
        let x = &self.types.exc;
        let rows = [
            ("default", x.DeprecationWarning, Some("__main__")),
            ("ignore", x.DeprecationWarning, None),
            ("ignore", x.PendingDeprecationWarning, None),
            ("ignore", x.ImportWarning, None),
            ("ignore", x.ResourceWarning, None),
        ];
        let mut out = self.new_vec();
        for (action, category, module) in rows {
            let action = self.intern(action);
            let module = match module {
                Some(m) => self.intern(m),
                None => Value::NONE,
            };
            let zero = Value::int_unchecked(0);
            let row = self.new_tuple(&[action, Value::NONE, category.value(), module, zero])?;
            out.push(self, row)?;
        }
        self.list_from_vec(out)
    }

    /// The filter list, once-registry and default action that `_warnings` shows.
    pub fn warning_defaults(&mut self) -> Res<[Value; 3]> {
        let s = self.warning_state()?;
        let at = |i| s.get(i).unwrap_or(Value::NONE);
        Ok([at(FILTERS), at(ONCE), at(DEFAULT_ACTION)])
    }

    /// The filters changed: what registries know is out of date.
    pub fn warning_filters_mutated(&mut self) -> Res<()> {
        let s = self.warning_state()?;
        let n = s.get(VERSION).and_then(|v| self.int_to_i64(v)).unwrap_or(0);
        let v = self.new_int(n + 1)?;
        self.set_item(s.value(), Value::int_unchecked(VERSION as i64), v)
    }

    /// An attribute of the module `warnings`, if that is loaded.
    fn warnings_attr(&mut self, name: &str, import: bool) -> Res<Option<Value>> {
        let key = self.intern("warnings");
        let m = if import && !self.interp().finalizing {
            match self.import_module("warnings") {
                Ok(m) => Some(m),
                Err(_) => {
                    self.raised = None;
                    None
                }
            }
        } else {
            self.loaded_module(key)?
        };
        match m {
            Some(m) => {
                let name = self.intern(name);
                self.get_attr_opt(m, name)
            }
            None => Ok(None),
        }
    }

    /// Issues a warning from Rust, attributed to the Python frame `level` (1: the running one).
    pub fn warn(&mut self, class: Ref<TypeObj>, text: &str, level: usize) -> Res<()> {
        let message = self.new_str(text)?;
        self.warn_from_stack(class.value(), message, level as i64, None, &[])
    }

    /// `warnings.warn` after its arguments were checked.
    pub fn warn_from_stack(
        &mut self,
        category: Value,
        message: Value,
        level: i64,
        source: Option<Value>,
        skip: &[String],
    ) -> Res<()> {
        let f = self.warning_frame(level, skip)?;
        let (globals, filename, line) = match f {
            Some(f) => {
                let globals = f.function().map(|f| f.globals);
                (
                    globals,
                    f.code.filename.or_none(),
                    f.line().unwrap_or(0).into(),
                )
            }
            None => {
                let name = self.new_str("<sys>")?;
                (self.interp().sys_dict, name, 0)
            }
        };
        let (mut module, mut registry) = (self.intern("<string>"), None);
        if let Some(g) = globals {
            if let Some(name) = self.dict_get_interned(g, self.names.__name__)
                && name.is_kind(Kind::Str)
            {
                module = name;
            }
            let key = self.intern("__warningregistry__");
            registry = match self.dict_get_interned(g, key) {
                Some(r) => Some(r),
                None => {
                    let d = self.new_dict()?.value();
                    self.dict_set(g.value(), key, d)?;
                    Some(d)
                }
            };
        }
        let place = Place {
            filename,
            line,
            module: Some(module),
            registry,
            source,
        };
        self.warn_explicit_at(category, message, place)
    }

    /// The frame a stack level means; frames of the import system are no level.
    fn warning_frame(&mut self, level: i64, skip: &[String]) -> Res<Option<Ref<FrameObj>>> {
        let mut at = self.frame_object(0)?;
        let mut level = level;
        let internal = |vm: &mut Vm, f: Ref<FrameObj>| {
            let name = vm.display(f.code.filename.or_none());
            name.contains("importlib") && name.contains("_bootstrap")
                || skip.iter().any(|p| name.starts_with(p.as_str()))
        };
        let all = match at {
            Some(f) => level <= 0 || internal(self, f) && skip.is_empty(),
            None => true,
        };
        while level > 1 {
            level -= 1;
            loop {
                let Some(f) = at else { return Ok(None) };
                at = self.frame_back(f)?.downcast::<FrameObj>();
                match at {
                    Some(f) if !all && internal(self, f) => continue,
                    _ => break,
                }
            }
        }
        Ok(at)
    }

    /// `warnings.warn_explicit` with a known place and no registry.
    pub fn warn_explicit(
        &mut self,
        class: Ref<TypeObj>,
        text: &str,
        filename: &str,
        line: i64,
    ) -> Res<()> {
        let message = self.new_str(text)?;
        let filename = self.new_str(filename)?;
        let place = Place {
            filename,
            line,
            module: None,
            registry: None,
            source: None,
        };
        self.warn_explicit_at(class.value(), message, place)
    }

    /// Filters and shows or raises a warning.
    pub fn warn_explicit_at(&mut self, category: Value, message: Value, place: Place) -> Res<()> {
        let registry = match place.registry.filter(|r| !r.is_none()) {
            Some(r) => match r.downcast::<DictObj>() {
                Some(d) => Some(d),
                None => return Err(self.type_error("'registry' must be a dict or None")),
            },
            None => None,
        };
        let module = match place.module {
            Some(m) if m.is_none() => return Ok(()),
            Some(m) => m,
            None => self.module_of_file(place.filename)?,
        };
        let is_instance = self.is_instance_of(message, self.types.exc.Warning);
        let (category, text, instance) = if is_instance {
            let text = self.str_of(message)?;
            (self.class_of(message).value(), text, message)
        } else {
            let instance = self.call_value(category, &[message])?;
            (category, message, instance)
        };
        let line = self.new_int(place.line)?;
        let key = self.new_tuple(&[text, category, line])?;
        if let Some(r) = registry
            && self.already_warned(r, key, false)?
        {
            return Ok(());
        }
        let (action, item) = self.warning_action(category, text, place.line, module)?;
        let action = self.display(action);
        match action.as_str() {
            "error" => return Err(self.raise_here(instance)),
            "ignore" => return Ok(()),
            "always" | "all" => {}
            _ => {
                if let Some(r) = registry {
                    self.dict_set(r.value(), key, Value::TRUE)?;
                }
                if self.seen_by_action(&action, registry, text, category, item)? {
                    return Ok(());
                }
            }
        }
        self.show_warning(category, text, instance, place, line)
    }

    /// Deals with "once", "module" and "default"; true: it was shown before.
    fn seen_by_action(
        &mut self,
        action: &str,
        registry: Option<Ref<DictObj>>,
        text: Value,
        category: Value,
        item: Value,
    ) -> Res<bool> {
        match action {
            "once" => {
                let registry = match registry {
                    Some(r) => Some(r),
                    None => {
                        let own = self.warning_defaults()?[ONCE];
                        let v = self.warnings_attr("onceregistry", false)?.unwrap_or(own);
                        v.downcast::<DictObj>()
                    }
                };
                let key = self.new_tuple(&[text, category])?;
                match registry {
                    Some(r) => self.already_warned(r, key, true),
                    None => Err(self.type_error("_warnings.onceregistry must be a dict")),
                }
            }
            "module" => {
                let key = self.new_tuple(&[text, category, Value::int_unchecked(0)])?;
                match registry {
                    Some(r) => self.already_warned(r, key, true),
                    None => Ok(false),
                }
            }
            "default" => Ok(false),
            _ => {
                let shown = self.display_repr(item)?;
                let action = self.new_str(action)?;
                let action = self.display_repr(action)?;
                Err(self.runtime_error(&format!(
                    "Unrecognized action ({action}) in warnings.filters:\n {shown}"
                )))
            }
        }
    }

    fn module_of_file(&mut self, filename: Value) -> Res {
        if !filename.is_kind(Kind::Str) {
            return Ok(filename);
        }
        let name = self.display(filename);
        if name.is_empty() {
            return self.new_str("<unknown>");
        }
        self.new_str(name.strip_suffix(".py").unwrap_or(&name))
    }

    /// The registry knows the key; `set`: from now on it does. A registry from before the last
    /// change of the filters is emptied.
    fn already_warned(&mut self, registry: Ref<DictObj>, key: Value, set: bool) -> Res<bool> {
        let current = self.warning_state()?.get(VERSION).unwrap_or(Value::NONE);
        if self.dict_get_str(registry, "version") != Some(current) {
            crate::dict::clear(self, registry);
            self.dict_set_str(registry, "version", current)?;
        } else if let Some(v) = self.dict_get(registry, key)?
            && self.truth(v)?
        {
            return Ok(true);
        }
        if set {
            self.dict_set(registry.value(), key, Value::TRUE)?;
        }
        Ok(false)
    }

    /// A filter's pattern matches: None, an equal string, or a compiled expression.
    fn filter_matches(&mut self, pattern: Value, text: Value) -> Res<bool> {
        if pattern.is_none() {
            return Ok(true);
        }
        if pattern.is_exact(Kind::Str) {
            return self.eq(pattern, text);
        }
        let r = self.call_method_str(pattern, "match", &[text])?;
        self.truth(r)
    }

    /// The action for a warning, and the filter that says so.
    fn warning_action(
        &mut self,
        category: Value,
        text: Value,
        line: i64,
        module: Value,
    ) -> Res<(Value, Value)> {
        let [own, _, default] = self.warning_defaults()?;
        let filters = self.warnings_attr("filters", false)?.unwrap_or(own);
        if !filters.is_kind(Kind::List) {
            return Err(self.value_error("_warnings.filters must be a list"));
        }
        let mut i = 0;
        while let Some(item) = filters.downcast::<ListObj>().and_then(|l| l.get(i)) {
            let row = item.downcast::<TupleObj>();
            let Some(&[action, message, class, of_module, at]) = row.as_ref().map(|t| t.items())
            else {
                return Err(self.value_error(&format!("warnings.filters item {i} isn't a 5-tuple")));
            };
            if !action.is_kind(Kind::Str) {
                let got = self.class_name(action);
                return Err(self.type_error(&format!("action must be a string, not '{got}'")));
            }
            let at = self.index_i64(at)?;
            if (at == 0 || at == line)
                && self.filter_matches(message, text)?
                && self.is_subclass(category, class)?
                && self.filter_matches(of_module, module)?
            {
                return Ok((action, item));
            }
            i += 1;
        }
        let action = self
            .warnings_attr("defaultaction", false)?
            .unwrap_or(default);
        if !action.is_kind(Kind::Str) {
            let got = self.class_name(action);
            return Err(self.type_error(&format!(
                "_warnings.defaultaction must be a string, not '{got}'"
            )));
        }
        Ok((action, Value::NONE))
    }

    fn show_warning(
        &mut self,
        category: Value,
        text: Value,
        instance: Value,
        place: Place,
        line: Value,
    ) -> Res<()> {
        let show = self.warnings_attr("_showwarnmsg", place.source.is_some())?;
        let Some(show) = show else {
            return self.show_warning_plainly(category, text, place);
        };
        if !self.is_callable(show) {
            return Err(self.type_error("warnings._showwarnmsg() must be set to a callable"));
        }
        let Some(class) = self.warnings_attr("WarningMessage", false)? else {
            return Err(self.runtime_error("unable to get warnings.WarningMessage"));
        };
        let source = place.source.unwrap_or(Value::NONE);
        let none = Value::NONE;
        let args = [instance, category, place.filename, line, none, none, source];
        let message = self.call_value(class, &args)?;
        self.call_value(show, &[message])?;
        Ok(())
    }

    fn show_warning_plainly(&mut self, category: Value, text: Value, place: Place) -> Res<()> {
        let name = self.get_attr(category, self.names.__name__)?;
        let (name, file) = (self.display(name), self.display(place.filename));
        let text = self.display(text);
        let line = place.line;
        let place = crate::traceback_print::shown_file(&file);
        let mut shown = format!("{place}:{line}: {name}: {text}\n");
        let quoted = match place {
            "<string>" | "<stdin>" => String::new(),
            _ => crate::traceback_print::source_line(self, &file, line),
        };
        if !quoted.is_empty() {
            shown.push_str(&format!("  {quoted}\n"));
        }
        self.write_stderr(&shown);
        Ok(())
    }
}
