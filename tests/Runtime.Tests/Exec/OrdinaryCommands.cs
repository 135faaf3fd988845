namespace Runtime.Tests.Exec;

/// <summary>Commands as people and models write them, one a line, that only read the workspace or compute: none of them asks.</summary>
internal static class OrdinaryCommands
{
    public static IEnumerable<string> All => Text.Split('\n').Where(line => line.Length > 0);

    private const string Text =
        """"
        git log
        git log -5
        git log -n 3
        git log -n3 --oneline
        git log --oneline --graph --all --decorate
        git log --pretty=format:'%h %an %s' -3
        git log --format="%H" -1
        git log --pretty='%C(yellow)%h%Creset %s'
        git log -p -1 -- src/app.py
        git log --stat -2
        git log HEAD~1..HEAD
        git log main..HEAD --oneline
        git log --follow src/app.py
        git log -S'import' --oneline
        git log -G 'impo.*' --oneline
        git log --author=ann --since=yesterday --until='1 hour ago'
        git log -L1,2:src/app.py
        git log --date=iso -1
        git log --name-only -1
        git log --no-merges --reverse
        git log -- .
        git log @{u}..
        git log HEAD^..HEAD
        git log 'HEAD@{1}'
        git log --all -- '*.py'
        git log -1 --pretty=%B
        git log -1 --format=%cd --date=short
        git show
        git show HEAD
        git show HEAD~1 --stat
        git show --stat --oneline HEAD
        git show HEAD:./src/app.py
        git show -s --format=%an HEAD
        git show --name-only HEAD
        git show HEAD^{tree}
        git diff
        git diff HEAD
        git diff --cached
        git diff --staged --stat
        git diff HEAD~1 HEAD -- src
        git diff --name-only HEAD~1
        git diff -U0
        git diff -w
        git diff --word-diff
        git diff --check
        git diff --color=never
        git diff main...HEAD
        git diff HEAD -- 'src/*.py'
        git diff --exit-code
        git diff -- "file with spaces.txt"
        git status -s
        git status -sb
        git status -uno
        git status --short --branch
        git status -u
        git status --ignored
        git status .
        git status -- src
        git branch
        git branch -a
        git branch -vv
        git branch --list
        git branch --list 'ma*'
        git branch --show-current
        git branch -r
        git branch --contains HEAD
        git branch --merged
        git branch --sort=-committerdate
        git tag
        git tag -l
        git tag -l 'v*'
        git tag --list
        git tag -n
        git remote
        git remote -v
        git remote get-url origin
        git rev-parse HEAD
        git rev-parse --short HEAD
        git rev-parse --abbrev-ref HEAD
        git rev-parse --show-toplevel
        git rev-parse --is-inside-work-tree
        git ls-files -o --exclude-standard
        git ls-files '*.py'
        git ls-files -m
        git ls-files -z
        git ls-tree HEAD
        git ls-tree -r HEAD --name-only
        git ls-tree -r --name-only HEAD src
        git cat-file -p HEAD
        git cat-file -t HEAD
        git cat-file -p HEAD:src/app.py
        git blame src/app.py
        git blame -L 1,2 src/app.py
        git blame -w -C src/app.py
        git blame -L1,+2 -- src/app.py
        git grep import
        git grep -n import -- src
        git grep -l 'import'
        git grep -i -n "todo"
        git grep -e foo --and -e bar
        git grep -c import HEAD
        git grep -n -E 'foo|bar'
        git describe --tags --always
        git describe --always --dirty
        git shortlog -sn HEAD
        git shortlog -sne --all
        git stash list
        git reflog
        git reflog -5
        git reflog show HEAD
        git rev-list --count HEAD
        git rev-list HEAD
        git rev-list --all --objects
        git merge-base HEAD main
        git for-each-ref
        git for-each-ref --format='%(refname:short)' refs/heads
        git show-ref
        git show-ref --heads
        git symbolic-ref HEAD
        git symbolic-ref --short HEAD
        git worktree list
        git config --get user.name
        git config user.name
        git config --list
        git config -l
        git config --get-regexp '^user'
        git count-objects -vH
        git var GIT_EDITOR
        git check-ignore -v notes.txt
        git check-attr -a src/app.py
        git name-rev HEAD
        git cherry -v main
        git version
        git --version
        git help -a
        git --help
        git fsck
        git diff-tree --no-commit-id --name-only -r HEAD
        git diff-index --name-only HEAD
        git whatchanged -1
        git annotate src/app.py
        git show-branch
        git notes list
        git --no-pager log -1
        git --no-pager diff HEAD~1
        git -P log -2
        git --literal-pathspecs ls-files
        git -C . status
        git -C src log -1
        git -C src status
        git --no-optional-locks status
        git log --max-count=2 --skip=1
        git log --grep='fix: $VAR' -1
        git log --grep="a && b" -1
        git log --grep='`x`'
        git log --grep="it's"
        git log --grep 'x|y' -E
        git log --author='Zoë'
        git log -1 "--format=%s"
        git log "--since=2 weeks ago"
        git log -1 --pretty="format:%h|%s"
        git log -1 --pretty=format:%h%x09%s
        git log --oneline -- src docs
        git log --oneline|cat
        git log --oneline|grep fix
        git log --oneline | grep -i 'fix' | cat -n
        git status&&git log -1
        git status && git diff --stat && git log --oneline -3
        git status; git log -1; ls
        git status;ls
        git diff --quiet || git diff --stat
        git diff --quiet || ls
        git rev-parse --git-dir && ls
        git status -z
        git status --porcelain
        git status --porcelain=2 --branch
        git status -v
        ls
        ls -l
        ls -lh src
        ls -a
        ls -A
        ls -1
        ls -R src
        ls -lt
        ls -ltr docs
        ls -S
        ls -d src
        ls -d */
        ls -la .
        ls ./
        ls -F
        ls -i notes.txt
        ls -l notes.txt
        ls *.txt
        ls src/*.py
        ls src/a?p.py
        ls [a-c].ts
        ls 'a;b.txt'
        ls a\;b.txt
        ls file\ with\ spaces.txt
        ls -- '-weird name'
        ls ./-weird\ name
        ls "./-weird name"
        ls --color=auto
        ls --color
        ls --colo=never
        ls --human-readable -l
        ls --group-directories-first
        ls --time-style=long-iso -l
        ls -l --block-size=M
        ls --all --size
        ls -lah --sort=size
        ls -I '*.js'
        ls --ignore='*.js'
        ls --hide='*.txt'
        ls nosuchdir
        ls src; ls docs
        ls src && ls docs
        ls src || ls docs
        ls | cat
        ls -la | grep txt
        ls | grep -v txt | cat -n
        ls 2>/dev/null
        ls 2>&1
        ls nosuch 2>/dev/null
        ls >/dev/null
        ls nosuch > /dev/null 2>&1
        ls -l 2>&1 | cat
        ls --version
        ls --help
        ls -l -a -h
        ls ''
        ls ""
        ls 'src'
        ls "src"
        ls s"r"c
        ls 's'r'c'
        ls src//app.py
        ls src/../docs
        ls ./src/./app.py
        ls 'naïve-café.txt'
        ls -1 -- src docs
        ls -lZ
        ls --full-time
        ls -n
        ls # list
        ls # $(touch x)
        ls src # comment; with | operators
        ls;
        ls ;
        ls src;
        cat notes.txt
        cat notes.txt docs/readme.md
        cat src/app.py src/util.py
        cat -A notes.txt
        cat -b notes.txt
        cat -ns notes.txt
        cat --number notes.txt
        cat -- notes.txt
        cat -- '-weird name'
        cat './-weird name'
        cat ./-weird\ name
        cat 'a;b.txt'
        cat a\;b.txt
        cat "a;b.txt"
        cat file\ with\ spaces.txt
        cat 'file with spaces.txt'
        cat file' 'with' 'spaces.txt
        cat *.txt
        cat docs/*.md
        cat src/*.py
        cat src/app.py | grep import
        cat notes.txt | cat
        cat notes.txt | grep -c foo
        cat < notes.txt
        cat <notes.txt
        cat - < notes.txt
        cat notes.txt -
        cat package.json
        cat .gitignore
        cat ./notes.txt
        cat src/../notes.txt
        cat nosuch.txt || ls
        cat notes.txt && ls
        cat notes.txt; cat docs/readme.md
        cat notes.txt 2>&1
        cat notes.txt >/dev/null
        cat nosuch 2>/dev/null || ls
        cat --help
        cat --version
        cat /dev/null
        cat notes.txt notes.txt
        cat na*.txt
        cat "naïve-café.txt"
        cat scripts/report.py
        cat -e notes.txt
        cat -T notes.txt
        cat -v evil.so
        cat run.sh
        cat evil.sh
        cat --show-all notes.txt
        cat --show-nonprinting notes.txt
        cat -vET notes.txt
        /bin/cat notes.txt
        /usr/bin/cat notes.txt
        /bin/ls
        "cat" notes.txt
        'ls' -l
        c\at notes.txt
        l's' -l
        grep -i foo notes.txt
        grep -r foo .
        grep -rn foo src docs
        grep -R foo src
        grep -rni "todo" .
        grep -rl import src
        grep -rL import src
        grep -c foo notes.txt
        grep -v foo notes.txt
        grep -w foo notes.txt
        grep -x foo notes.txt
        grep -o 'fo*' notes.txt
        grep -A2 foo notes.txt
        grep -A 2 -B 1 foo notes.txt
        grep -C3 foo notes.txt
        grep -2 foo notes.txt
        grep -n foo notes.txt docs/readme.md
        grep -e foo -e bar notes.txt
        grep -E 'foo|bar' notes.txt
        grep -P '\d+' notes.txt
        grep -P '(?<=foo)bar' notes.txt
        grep -F 'a.b' notes.txt
        grep -F '$(x)' notes.txt
        grep -F '$HOME' notes.txt
        grep '\$HOME' notes.txt
        grep "\$HOME" notes.txt
        grep "\`x\`" notes.txt
        grep 'a&&b' notes.txt
        grep 'a;b' notes.txt
        grep ';' notes.txt
        grep '|' notes.txt
        grep '>' notes.txt
        grep '<x>' notes.txt
        grep '&' notes.txt
        grep '#' notes.txt
        grep '!' notes.txt
        grep '\\' notes.txt
        grep "\\\\" notes.txt
        grep '~' notes.txt
        grep '{a,b}' notes.txt
        grep '*' notes.txt
        grep '^#' notes.txt
        grep "it's" notes.txt
        grep 'say "hi"' notes.txt
        grep "say \"hi\"" notes.txt
        grep 'it'"'"'s' notes.txt
        grep 'it'\''s' notes.txt
        grep '' notes.txt
        grep "" notes.txt
        grep -- -foo notes.txt
        grep -e -foo notes.txt
        grep -e '-foo' -- notes.txt
        grep --regexp=foo notes.txt
        grep --regexp='-n' notes.txt
        grep --ignore-case foo notes.txt
        grep --include='*.py' -r import .
        grep -r --include=*.py import src
        grep -r --include '*.py' import .
        grep -r --exclude-dir=node_modules foo .
        grep -rn --exclude='*.js' foo .
        grep --color=never foo notes.txt
        grep --colour=always foo notes.txt
        grep --color foo notes.txt
        grep -m1 foo notes.txt
        grep -m 1 foo notes.txt
        grep --max-count=1 foo notes.txt
        grep -q foo notes.txt && ls
        grep -q foo notes.txt || ls
        grep -s foo nosuch
        grep -h foo notes.txt docs/readme.md
        grep -H foo notes.txt
        grep -nH foo notes.txt
        grep -I foo notes.txt
        grep -a foo evil.so
        grep -z foo notes.txt
        grep -Z -l foo notes.txt
        grep -b foo notes.txt
        grep -T foo notes.txt
        grep -L foo notes.txt
        grep --line-number foo notes.txt
        grep --count foo notes.txt
        grep --files-with-matches foo src/app.py
        grep --with-filename foo notes.txt
        grep --no-messages foo nosuch
        grep --invert-match foo notes.txt
        grep foo notes.txt | cat
        grep foo < notes.txt
        grep foo notes.txt 2>/dev/null
        grep 'x' 'file with spaces.txt'
        grep x "a;b.txt"
        grep foo *.txt
        grep foo src/*.py
        grep -r "import" src | grep -v test
        grep -rn "def " --include=*.py .
        grep '[0-9]\{3\}' notes.txt
        grep '[[:space:]]foo' notes.txt
        grep -E '[A-Z]{2,}' notes.txt
        grep -E "^(a|b)+$" notes.txt
        grep -E "foo$" notes.txt
        grep "foo$" notes.txt
        grep foo$ notes.txt
        grep ^foo notes.txt
        grep -n ^import src/app.py
        grep 100% notes.txt
        grep a=b notes.txt
        grep -E a+b notes.txt
        grep foo@bar notes.txt
        grep -f list0 notes.txt
        grep -e 'привет' notes.txt
        grep 日本 notes.txt
        grep '👨‍👩‍👧' notes.txt
        grep '🏳️‍🌈' notes.txt
        grep '한국' notes.txt
        grep -i 'ß' notes.txt
        grep '—' notes.txt
        grep '“quoted”' notes.txt
        grep --help
        grep -V
        grep --version
        grep -D skip foo notes.txt
        grep --directories=skip foo src notes.txt
        grep foo -r src
        grep foo notes.txt -n
        grep -r foo
        grep -rn foo
        grep -U foo notes.txt
        find .
        find
        find src
        find . -type f
        find . -type d
        find . -type f -name '*.py'
        find . -type f -name "*.py"
        find . -name \*.py
        find . -iname '*.MD'
        find . -maxdepth 1
        find . -maxdepth 2 -type f
        find . -mindepth 1 -maxdepth 1 -type d
        find . -size +1k
        find . -size -10k -type f
        find . -mtime -7
        find . -mmin -60
        find . -empty
        find . -type f -empty
        find . -name '*.py' -o -name '*.md'
        find . \( -name '*.py' -o -name '*.md' \) -print
        find . '(' -name '*.py' -o -name '*.md' ')' -print
        find . ! -name '*.py'
        find . -not -name '*.py'
        find . -path './src/*'
        find . -path ./node_modules -prune -o -print
        find . -path './.git' -prune -o -type f -print
        find . -regex '.*\.py'
        find . -regextype posix-extended -regex '.*\.(py|md)'
        find . -perm 644
        find . -perm -u+x
        find . -perm /111
        find . -user root
        find . -newer notes.txt
        find . -newermt '2020-01-01'
        find . -newermt yesterday
        find . -printf '%p\n'
        find . -printf '%f %s\n'
        find . -type f -printf '%T@ %p\n'
        find . -ls
        find . -name notes.txt -ls
        find . -print -quit
        find . -name '*.py' -print | cat
        find . -type f | grep py
        find . -name '*.py' | cat -n
        find src docs -type f
        find src/ -name '*.py'
        find ./src -name 'app.py'
        find . -type l
        find . -xtype l
        find . -executable
        find . -readable
        find . -samefile notes.txt
        find . -inum 5
        find . -links 1
        find -name '*.py'
        find -type f
        find -maxdepth 1 -type f
        find -P . -name '*.py'
        find . -name '*.txt' 2>/dev/null
        find . -depth
        find . -xdev -type f
        find . -mount -name '*.py'
        find . -daystart -mtime 0
        find . -false
        find . -name '* *'
        find . -name 'a;b*'
        find . -name '$(x)'
        find . -name "*.p[yc]"
        find . -wholename './src/*'
        find . -name '*.py' -and -size +0
        find . -name '*.py' , -name '*.md'
        find . -name '*.py' -printf '%h\n'
        find . -type f,d
        find . -size 0c
        find . -ctime 1
        find --version
        find --help
        find -version
        find . -name core -o -name '*.log'
        find . -name '*.tmp' -print
        find . -name x -a -name y
        find . -iname readme*
        find . -name *.py
        find . -cnewer notes.txt
        find . -group root
        find . -fstype ext4
        find -O3 . -name '*.py'
        find . -nouser
        npm --version
        npm -v
        npm root
        npm prefix
        npm ls
        npm ls --depth=0
        npm ls --depth 0
        npm list
        npm list --json
        npm ls --all
        npm ls --parseable
        npm ls left-pad
        npm pkg get name
        npm pkg get scripts
        npm pkg get version
        npm config get registry
        npm config list
        npm config ls
        npm explain left-pad
        npm why left-pad
        npm help
        npm -h
        npm --help
        npm run
        npm run-script
        npm fund
        npm bin
        npm root -g
        npm prefix -g
        npm version
        npm query '*'
        npm query ':root'
        npm completion
        npm ll
        npm la
        npm root && ls
        npm ls | cat
        npm ls || ls
        npm --json ls
        npm ls --silent
        npm -s ls
        python3 scripts/report.py
        python3 scripts/report.py --verbose
        python3 scripts/report.py -n 5 out
        python3 scripts/report.py 'a b' "c d"
        python3 scripts/report.py --name='x; y'
        python3 scripts/report.py '| rm -rf /'
        python3 scripts/report.py '`x`'
        python3 scripts/report.py "a && b"
        python3 scripts/report.py '*' '?'
        python3 scripts/report.py notes.txt
        python3 scripts/report.py ../x
        python3 scripts/report.py /etc/passwd
        python3 scripts/report.py -c x
        python3 scripts/report.py -- -x
        python3 scripts/report.py < notes.txt
        python3 scripts/report.py | cat
        python3 scripts/report.py | grep x
        python3 scripts/report.py 2>&1
        python3 scripts/report.py 2>/dev/null
        python3 scripts/report.py && git status
        python3 scripts/report.py; ls
        python3 -B scripts/report.py
        python3 -u scripts/report.py
        python3 -s scripts/report.py
        python3 -I scripts/report.py
        python3 "scripts/report.py"
        python3 'scripts/report.py' x
        python3 scripts/../scripts/report.py
        python3 src/../scripts/report.py
        python3 ././scripts/report.py
        /usr/bin/python3 scripts/report.py
        python3 scripts/report.py ''
        python3 scripts/report.py 'é'
        python3 scripts/report.py '😀'
        python3 scripts/report.py a\ b
        python3 scripts/report.py "\$(x)"
        python3 scripts/report.py --out=/tmp/x
        python3 -- scripts/report.py
        python3 --version
        python3 -V
        LC_ALL=C ls
        LANG=C git status
        LC_ALL=C.UTF-8 grep foo notes.txt
        TZ=UTC git log -1
        TZ=Europe/Berlin git log -1
        NO_COLOR=1 git status
        LC_ALL=C LANG=C ls -l
        cd src && ls
        cd src && git status
        cd src; ls
        cd src && cat app.py
        cd . && ls
        cd ./src && git log -1 -- app.py
        cd docs && grep -n x readme.md | cat
        git status | cat && ls
        git log --oneline -5 | cat -n | grep fix
        ls && ls && ls
        ls; ls; ls; ls
        git status && ls || cat notes.txt
        git log -1 && git status
        cat
        git status # check
        git log -1 # '
        git diff HEAD~1 -- src/app.py | grep '^+'
        git diff | grep -c '^-'
        git ls-files | grep '\.py$'
        git ls-files | cat -n
        git branch | cat
        git show HEAD:src/app.py | grep import
        git show HEAD --format='%an <%ae>' -s
        git log --format='%an' | cat
        find . -name '*.py' | grep -v node_modules | cat -n
        cat package.json | grep '"name"'
        cat package.json | grep version | cat
        git -C src status -s
        git -C src -C .. log -1
        git branch --merged HEAD
        git tag --contains HEAD
        git config --get remote.origin.url
        git config --local --list
        git var GIT_AUTHOR_IDENT
        git help
        git log HEAD@{1}..HEAD
        git show stash@{0}
        grep -Rn foo src docs
        diff -r src docs
        diff -rq src docs
        PAGER=cat git log -1
        GIT_PAGER=cat git log
        TERM=dumb git status
        GIT_PAGER=cat PAGER=cat git diff
        grep --include=ü x notes.txt
        grep -eü notes.txt
        grep 'Δt' notes.txt
        git log --grep='Δt'
        git log -SΔt
        git log --author=Ж
        head notes.txt
        head -n 5 notes.txt
        head -5 notes.txt
        head -n5 notes.txt
        head -c 100 notes.txt
        head --lines=5 notes.txt
        head -n -1 notes.txt
        head -qn1 notes.txt docs/readme.md
        tail notes.txt
        tail -n 20 notes.txt
        tail -20 notes.txt
        tail -n +2 notes.txt
        tail -c 10 notes.txt
        tail +2 notes.txt
        wc -l notes.txt
        wc notes.txt
        wc -lw < notes.txt
        wc -l *.txt
        wc -l src/*.py | sort -n
        cat notes.txt | wc -l
        ls | wc -l
        sort notes.txt
        sort -n notes.txt
        sort -rn notes.txt
        sort -u notes.txt
        sort -k2 notes.txt
        sort -k 2,2n -t , notes.txt
        sort -t: -k3 -n notes.txt
        sort -t '|' -k 2 notes.txt
        sort --reverse --numeric-sort notes.txt
        sort -h notes.txt
        sort -V notes.txt
        sort notes.txt | uniq -c | sort -rn | head
        sort notes.txt | uniq
        uniq -c notes.txt
        uniq -d notes.txt
        uniq -ui notes.txt
        cut -d: -f1 notes.txt
        cut -d ':' -f 1,3 notes.txt
        cut -c1-10 notes.txt
        cut -d' ' -f2- notes.txt
        cut -f2 notes.txt
        cut --delimiter=, --fields=1 notes.txt
        cut -d, -f1 < notes.txt
        tr a-z A-Z < notes.txt
        cat notes.txt | tr '[:upper:]' '[:lower:]'
        tr -d '\r' < notes.txt
        tr -s ' ' < notes.txt
        tr -cd '[:alnum:]' < notes.txt
        echo hello | tr a-z A-Z
        echo hello
        echo 'hello world'
        echo "hello world"
        echo -n hello
        echo -e 'a\tb'
        echo "it's"
        echo 'say "hi"'
        echo a b c
        echo
        echo "100%"
        echo 'cost: $5'
        echo "cost: \$5"
        echo a\ b
        echo '*'
        echo "*"
        echo 'a;b|c&d'
        echo "a > b"
        echo 'a' > /dev/null
        echo done && ls
        printf '%s\n' hello
        printf 'a\nb\n'
        printf '%d\n' 5
        printf "%5.2f\n" 3.14159
        printf '%s %s\n' a b
        printf '%s\n' a b c | sort -r
        printf -- '-x\n'
        date
        date -u
        date +%Y-%m-%d
        date '+%Y-%m-%d %H:%M:%S'
        date "+%s"
        date -d tomorrow
        date -d '2 days ago' +%F
        date -d @0
        date -Iseconds
        date -I
        date --iso-8601=seconds
        date -R
        date -u +"%Y-%m-%dT%H:%M:%SZ"
        date --date='next friday' +%A
        date -r notes.txt
        cal
        cal 2026
        cal 11 2026
        ncal
        pwd
        pwd -P
        whoami
        id
        id -un
        id -u
        groups
        uname
        uname -a
        uname -r
        uname -sm
        hostname
        hostname -I
        uptime
        uptime -p
        nproc
        free
        free -h
        free -m
        df
        df -h
        df -h .
        df -hT
        df -i
        du -sh .
        du -sh src docs
        du -h --max-depth=1
        du -h -d 1 .
        du -ah . | sort -h | tail
        du -sk src
        ps
        ps aux
        ps -ef
        ps -e
        ps aux | grep python
        ps -o pid,comm
        ps -eo pid,ppid,cmd --sort=-%mem | head
        ps aux --sort=-%cpu | head -5
        ps -p 1
        ps -u root
        pgrep -l python
        pgrep python
        pidof python3
        lscpu
        lsblk
        lsblk -f
        lsusb
        lspci
        lsmod
        who
        env
        printenv
        printenv PATH
        printenv HOME
        locale
        locale -a
        getconf PAGE_SIZE
        getconf _NPROCESSORS_ONLN
        tty
        arch
        true
        false
        sleep 1
        sleep 0.5
        seq 5
        seq 1 10
        seq 1 2 10
        seq -s, 5
        seq -w 10
        stat notes.txt
        stat -c %s notes.txt
        stat -c '%n %s' *.txt
        stat --format=%Y notes.txt
        stat --printf='%s\n' notes.txt
        file notes.txt
        file -b notes.txt
        file --mime-type notes.txt
        file -i src/app.py
        md5sum notes.txt
        sha256sum notes.txt
        sha256sum *.txt
        sha1sum notes.txt src/app.py
        b2sum notes.txt
        cksum notes.txt
        base64 notes.txt
        base64 -w0 notes.txt
        echo aGVsbG8= | base64 -d
        base64 -d < notes.txt
        echo hello | base64
        xxd notes.txt
        xxd -l 16 notes.txt
        xxd -p notes.txt
        hexdump -C notes.txt
        od -c notes.txt
        od -An -tx1 notes.txt
        od -A x -t x1z notes.txt
        strings evil.so
        strings -n 8 evil.so
        diff notes.txt docs/readme.md
        diff -u notes.txt docs/readme.md
        diff -q src docs
        diff -u src/app.py src/util.py
        diff -y --width=80 notes.txt docs/readme.md
        diff --brief notes.txt docs/readme.md
        diff -w notes.txt docs/readme.md
        diff --color=never notes.txt docs/readme.md
        cmp notes.txt docs/readme.md
        comm notes.txt docs/readme.md
        comm -12 notes.txt docs/readme.md
        join notes.txt docs/readme.md
        paste notes.txt docs/readme.md
        paste -sd, notes.txt
        paste -d' ' notes.txt docs/readme.md
        nl notes.txt
        nl -ba notes.txt
        tac notes.txt
        rev notes.txt
        fold -w 40 notes.txt
        fold -sw 72 notes.txt
        fmt -w 72 notes.txt
        expand -t4 notes.txt
        column -t notes.txt
        column -t -s, notes.txt
        column -ts: notes.txt
        basename /a/b.txt
        basename /a/b.txt .txt
        basename -s .py src/app.py
        dirname /a/b/c
        realpath notes.txt
        realpath .
        realpath --relative-to=src notes.txt
        readlink -f notes.txt
        tree
        tree -L 2
        tree -a -L 1 src
        tree -I node_modules
        tree -d
        which git
        which -a python3
        sed -n 1,5p notes.txt
        sed -n '1,5p' notes.txt
        sed -n '5p' notes.txt
        sed -n '/foo/p' notes.txt
        sed -n '/foo/,/bar/p' notes.txt
        sed 's/a/b/' notes.txt
        sed 's/a/b/g' notes.txt
        sed -e 's/a/b/' -e 's/c/d/' notes.txt
        sed 's/a/b/; s/c/d/' notes.txt
        sed 's/a/b/;s/c/d/g' notes.txt
        sed -E 's/(a+)/\1b/' notes.txt
        sed -r 's/[0-9]+/N/g' notes.txt
        sed 's|/usr|/opt|' notes.txt
        sed 's#a#b#' notes.txt
        sed 's,a,b,' notes.txt
        sed 's:a:b:g' notes.txt
        sed '/^$/d' notes.txt
        sed '/^#/d' notes.txt
        sed '1d' notes.txt
        sed '$d' notes.txt
        sed '1,3d' notes.txt
        sed '/foo/!d' notes.txt
        sed -n '$=' notes.txt
        sed -n '$p' notes.txt
        sed 5q notes.txt
        sed 10q notes.txt
        sed '/foo/q' notes.txt
        sed -n '10,20p;20q' notes.txt
        sed 's/^/> /' notes.txt
        sed 's/[[:space:]]*$//' notes.txt
        sed 's/^[ \t]*//' notes.txt
        sed 'y/abc/xyz/' notes.txt
        sed 's/a/b/I' notes.txt
        sed 's/"//g' notes.txt
        sed "s/'//g" notes.txt
        sed G notes.txt
        sed = notes.txt
        sed -n l notes.txt
        sed 's/.*/"&"/' notes.txt
        sed 's/foo\/bar/x/' notes.txt
        cat notes.txt | sed 's/a/b/'
        sed 'N;s/\n/ /' notes.txt
        awk '{print $1}' notes.txt
        awk '{print $1, $2}' notes.txt
        awk '{ print $NF }' notes.txt
        awk -F: '{print $1}' notes.txt
        awk -F ',' '{print $2}' notes.txt
        awk -F'\t' '{print $2}' notes.txt
        awk 'NR==1' notes.txt
        awk 'NR>1' notes.txt
        awk 'NR>=2 && NR<=5' notes.txt
        awk 'NR==2,NR==4' notes.txt
        awk 'NR%2==0' notes.txt
        awk '/foo/' notes.txt
        awk '/foo/ {print $2}' notes.txt
        awk '!/foo/' notes.txt
        awk '$1 == "x"' notes.txt
        awk '$3 > 10 {print $1}' notes.txt
        awk '$1 ~ /foo/' notes.txt
        awk '$1 ~ /foo/ {print $0}' notes.txt
        awk '$2 != ""' notes.txt
        awk '{sum += $1} END {print sum}' notes.txt
        awk '{s+=$1} END {print s/NR}' notes.txt
        awk 'END {print NR}' notes.txt
        awk 'END{print NR}' notes.txt
        awk '{print NR ": " $0}' notes.txt
        awk '{print length($0)}' notes.txt
        awk 'length($0) > 80' notes.txt
        awk 'length > 80' notes.txt
        awk '{print NF}' notes.txt
        awk '{printf "%s\n", $1}' notes.txt
        awk '{printf "%-10s %s\n", $1, $2}' notes.txt
        awk '!seen[$0]++' notes.txt
        awk '{count[$1]++} END {for (w in count) print w, count[w]}' notes.txt
        awk 'BEGIN {FS=","} {print $1}' notes.txt
        awk 'BEGIN{FS=":"; OFS="\t"} {print $1,$2}' notes.txt
        awk '{print toupper($0)}' notes.txt
        awk '{print tolower($1)}' notes.txt
        awk '{print substr($1,1,3)}' notes.txt
        awk '{gsub(/a/,"b"); print}' notes.txt
        awk '{$1=""; print}' notes.txt
        awk '{print $1+$2}' notes.txt
        awk '{if ($1 > 5) print $1}' notes.txt
        awk 'NF' notes.txt
        awk 'NF > 0' notes.txt
        awk '{print}' notes.txt
        awk 1 notes.txt
        awk 'BEGIN {print 1+2}'
        awk 'BEGIN{printf "%.2f\n", 10/3}'
        awk -v n=5 '$1 > n' notes.txt
        awk -v OFS=, '{print $1,$2}' notes.txt
        awk '{max = ($1 > max) ? $1 : max} END {print max}' notes.txt
        ls -l | awk '{print $5, $9}'
        git log --oneline | awk '{print $1}'
        df -h | awk 'NR==2{print $5}'
        jq . package.json
        jq '.name' package.json
        jq -r .version package.json
        jq -r '.scripts | keys[]' package.json
        jq '.scripts.test' package.json
        jq keys package.json
        jq -c . package.json
        jq 'length' package.json
        jq '.[] | select(.a > 1)' package.json
        jq -r '.a // "none"' package.json
        jq --arg x y '.a = $x' package.json
        jq -n '1+1'
        jq -S . package.json
        jq -e .name package.json
        jq 'map(.id)' package.json
        cat package.json | jq .
        cat package.json | jq -r '.name'
        rg foo
        rg -n foo src
        rg -i todo
        rg -l import
        rg --files
        rg -g '*.py' import
        rg -t py import
        rg -tpy import
        rg -C 2 foo
        rg -A2 -B2 foo src
        rg -c foo
        rg -w foo
        rg -F 'a.b'
        rg -e foo -e bar
        rg --hidden foo
        rg -uu foo
        rg --json foo
        rg --no-ignore foo
        test -f notes.txt
        test -d src && ls src
        [ -f notes.txt ]
        [ -f notes.txt ] && cat notes.txt
        [ -e nosuch ] || echo missing
        [ 1 -eq 1 ] && echo yes
        [ "a" = "b" ]
        test -n x
        test ! -f nosuch
        ls | head -3
        ls -t | head -1
        ls -1 | sort | head -n 5
        ls -la | tail -n +2
        find . -name '*.py' | wc -l
        find . -name '*.py' | sort
        find . -type f | head -20
        grep -rn TODO . | head
        grep -c foo *.txt | sort -t: -k2 -n
        cat notes.txt | sort | uniq -c | sort -nr | head -10
        git diff --stat | tail -1
        git log --oneline | wc -l
        git ls-files | wc -l
        git log --format='%an' | sort | uniq -c | sort -rn
        git shortlog -sn HEAD | head
        git status --short | grep '^??' | cut -c4-
        echo 'a b c' | awk '{print $2}'
        echo "a,b,c" | cut -d, -f2
        echo 5 + 3 | bc
        bc -l
        expr 1 + 2
        expr length abc
        factor 12
        numfmt --to=iec 1048576
        shuf -i 1-10 -n 1
        shuf notes.txt
        cut -d"," -f1 notes.txt | sort -u
        zcat x.gz
        gzip -l x.gz
        tar tf evil.tar
        tar -tf evil.tar
        tar tzf x.tar.gz
        tar --list -f evil.tar
        unzip -l evil.zip
        dpkg -l
        dpkg -l | grep python
        dpkg -s bash
        vcgencmd measure_temp
        sensors
        """";
}
