# Files that no name refers to: what was written is there for the next who looks.
import os,tempfile,subprocess,json,shutil,sys
d=tempfile.mkdtemp(); p=d+'/a'
open(p,'w').write('héllo')
print(open(p).read(), os.path.getsize(p))
json.dump({'a':1},open(p,'w')); print(json.load(open(p)))
open(p,'wb').write(b'x'*10); print(subprocess.check_output(['cat',p]))
open(p,'a').write('more'); shutil.copy(p,p+'2'); print(open(p+'2').read())
print('pr',file=open(p,'w')); os.system('cat '+p)
f=open(p,'w+'); f.write('abc'); f.seek(0); print(f.read(), f.tell()); f.write('d'); f.close(); print(open(p).read())
f=open(p,'r+b'); f.read(1); f.write(b'Z'); open(d+'/q','w').close(); f.write(b'Y'); print(f.tell()); f.close(); print(open(p).read())
