//! Decides for every symbol whether it is local, a cell, free or global (CPython's
//! `analyze_block`), and which comprehensions are inlined.

use super::SymbolTable;
use super::scope::{Reach, ScopeId, ScopeKind, def};
use crate::error::R;
use rustc_hash::{FxHashMap, FxHashSet};
use syntax::ast::name::Name;

type Set = FxHashSet<Name>;

impl SymbolTable<'_> {
    /// Resolves all scopes, from the module down.
    pub(super) fn analyze(&mut self) -> R {
        let mut free = Set::default();
        self.block(
            ScopeId(0),
            None,
            &mut free,
            &mut Set::default(),
            &mut Set::default(),
            None,
        )
    }

    fn block(
        &mut self,
        id: ScopeId,
        mut bound: Option<&mut Set>,
        free: &mut Set,
        global: &mut Set,
        type_params: &mut Set,
        class_entry: Option<ScopeId>,
    ) -> R {
        let kind = self[id].kind;
        let is_class = kind == ScopeKind::Class;
        let mut local = Set::default();
        let mut scopes: FxHashMap<Name, Reach> = FxHashMap::default();
        let mut new_global = Set::default();
        let mut new_free = Set::default();
        let mut new_bound = Set::default();
        if is_class {
            new_global.extend(global.iter().cloned());
            if let Some(b) = bound.as_deref() {
                new_bound.extend(b.iter().cloned());
            }
        }
        for i in 0..self[id].symbols.len() {
            self.resolve(
                id,
                i,
                &mut scopes,
                bound.as_deref_mut(),
                &mut local,
                free,
                global,
                type_params,
                class_entry,
            )?;
        }
        if is_class {
            for special in ["__class__", "__classdict__", "__conditional_annotations__"] {
                new_bound.insert(Name::new_static(special));
            }
        } else {
            if kind.is_function_like() {
                new_bound.extend(local.iter().cloned());
            }
            if let Some(b) = bound.as_deref() {
                new_bound.extend(b.iter().cloned());
            }
            new_global.extend(global.iter().cloned());
        }
        let children = self[id].children.clone();
        for child in children {
            let sees_class = self[child].can_see_class_scope;
            let child_class = match (sees_class, is_class) {
                (true, true) => Some(id),
                (true, false) => class_entry,
                _ => None,
            };
            let inline =
                self[child].kind == ScopeKind::Comprehension && !self[id].can_see_class_scope;
            let mut child_free = Set::default();
            self.block(
                child,
                Some(&mut new_bound.clone()),
                &mut child_free,
                &mut new_global.clone(),
                &mut type_params.clone(),
                child_class,
            )?;
            if inline {
                self.inline(id, child, &mut scopes, &mut child_free);
                self[child].inlined = true;
            }
            new_free.extend(child_free);
        }
        if kind.is_function_like() {
            for (name, reach) in scopes.iter_mut() {
                if *reach == Reach::Local && new_free.remove(name) {
                    *reach = Reach::Cell;
                }
            }
        } else if is_class {
            self[id].needs_class_closure |= new_free.remove("__class__");
            self[id].needs_classdict |= new_free.remove("__classdict__");
            self[id].conditional_annotations |= new_free.remove("__conditional_annotations__");
        }
        self.update(id, &scopes, bound.as_deref(), &new_free);
        free.extend(new_free);
        Ok(())
    }

    fn resolve(
        &mut self,
        id: ScopeId,
        i: usize,
        scopes: &mut FxHashMap<Name, Reach>,
        bound: Option<&mut Set>,
        local: &mut Set,
        free: &mut Set,
        global: &mut Set,
        type_params: &mut Set,
        class_entry: Option<ScopeId>,
    ) -> R {
        let (name, flags) = {
            let s = &self[id].symbols[i];
            (s.name.clone(), s.flags)
        };
        let reach = if flags & def::GLOBAL != 0 {
            if flags & def::NONLOCAL != 0 {
                let message = format!("name '{name}' is nonlocal and global");
                return Err(self.directive_error(id, &name, message));
            }
            global.insert(name.clone());
            if let Some(b) = bound {
                b.remove(&name);
            }
            Reach::GlobalExplicit
        } else if flags & def::NONLOCAL != 0 {
            let message = match bound {
                None => "nonlocal declaration not allowed at module level".to_string(),
                Some(b) if !b.contains(&name) => {
                    format!("no binding for nonlocal '{name}' found")
                }
                Some(_) if type_params.contains(&name) => {
                    format!("nonlocal binding not allowed for type parameter '{name}'")
                }
                Some(_) => String::new(),
            };
            if !message.is_empty() {
                return Err(self.directive_error(id, &name, message));
            }
            free.insert(name.clone());
            Reach::Free
        } else if flags & def::BOUND != 0 {
            local.insert(name.clone());
            global.remove(&name);
            if flags & def::TYPE_PARAM != 0 {
                type_params.insert(name.clone());
            } else {
                type_params.remove(&name);
            }
            Reach::Local
        } else {
            // The cell through which scopes see the class is not the class's variable of that name.
            let class_entry = class_entry.filter(|_| name != "__classdict__");
            let class_flags = class_entry.map_or(0, |c| self[c].flags(&name));
            if class_flags & def::GLOBAL != 0 {
                Reach::GlobalExplicit
            } else if class_flags & def::BOUND != 0 && class_flags & def::NONLOCAL == 0 {
                Reach::GlobalImplicit
            } else if bound.is_some_and(|b| b.contains(&name)) {
                free.insert(name.clone());
                Reach::Free
            } else {
                Reach::GlobalImplicit
            }
        };
        scopes.insert(name, reach);
        Ok(())
    }

    /// Merges what an inlined comprehension uses from outside into its owner. Its own variables
    /// get registers of their own and are not merged.
    fn inline(
        &mut self,
        id: ScopeId,
        comp: ScopeId,
        scopes: &mut FxHashMap<Name, Reach>,
        comp_free: &mut Set,
    ) {
        let is_class = self[id].kind == ScopeKind::Class;
        let symbols: Vec<_> = self[comp]
            .symbols
            .iter()
            .filter(|s| s.flags & def::PARAM == 0)
            .map(|s| (s.name.clone(), s.flags, s.reach))
            .collect();
        for (name, flags, mut reach) in symbols {
            if matches!(reach, Reach::Local | Reach::Cell) {
                continue;
            }
            let existing = self[id].flags(&name);
            if existing == 0 {
                let special = ["__class__", "__classdict__", "__conditional_annotations__"];
                if reach == Reach::Free && is_class && special.contains(&name.as_str()) {
                    // Only functions in the comprehension see the cells of the class.
                    reach = Reach::GlobalImplicit;
                    if !self.free_in_real_child(comp, &name) {
                        comp_free.remove(&name);
                    }
                }
                self[id].insert(&name, flags & !def::NONLOCAL & !def::GLOBAL, reach);
                scopes.insert(name, reach);
            } else if existing & def::BOUND != 0
                && !is_class
                && !self.free_in_real_child(comp, &name)
            {
                comp_free.remove(&name);
            }
        }
    }

    fn free_in_real_child(&self, comp: ScopeId, name: &str) -> bool {
        self[comp].children.iter().any(|c| {
            let child = &self[*c];
            if child.inlined {
                self.free_in_real_child(*c, name)
            } else {
                child.lookup(name).is_some_and(|s| s.reach == Reach::Free)
            }
        })
    }

    fn update(
        &mut self,
        id: ScopeId,
        scopes: &FxHashMap<Name, Reach>,
        bound: Option<&Set>,
        free: &Set,
    ) {
        let is_class = self[id].kind == ScopeKind::Class;
        for s in &mut self[id].symbols {
            if let Some(r) = scopes.get(&s.name) {
                s.reach = *r;
            }
        }
        // Sorted, so that compiling the same text twice gives the same code.
        let mut names: Vec<_> = free.iter().collect();
        names.sort();
        for name in names {
            let flags = self[id].flags(name);
            if self[id].index.contains_key(name) {
                if is_class && flags & (def::BOUND | def::GLOBAL) != 0 {
                    self[id].insert(name, def::FREE_CLASS, Reach::Free);
                }
                continue;
            }
            if bound.is_some_and(|b| !b.contains(name)) {
                continue;
            }
            self[id].insert(name, 0, Reach::Free);
        }
    }
}
