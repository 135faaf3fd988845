namespace Runtime.Tests.Exec;

/// <summary>Commands that run, write or read what they may not, one a line: none of them runs without asking.</summary>
internal static class HostileCommands
{
    public static IEnumerable<string> All => Text.Split('\n').Where(line => line.Length > 0);

    private const string Text =
        """"
        git log -1 --output=x
        git log -1 --outp=x
        git log -1 --output x
        git diff --outpu=/tmp/claw-canary
        git diff --ext-diff
        git diff --ext
        git diff --textconv HEAD
        git show --textconv HEAD:src/app.py
        git show --ext-diff
        git log -p --ext-diff
        git log --textconv -p
        git diff --no-index notes.txt docs/readme.md
        git diff --no-ind a b
        git diff -- ../x /etc/passwd
        git diff /dev/null /etc/passwd
        git grep -O foo
        git grep -Ovim foo
        git grep -nOvi foo
        git grep --no-index foo /etc
        git grep --no-index -r root /etc
        git grep -f /etc/passwd
        git grep --recurse-submodules foo
        git blame --contents /etc/passwd notes.txt
        git blame --ignore-revs-file=/etc/passwd notes.txt
        git blame -S /etc/passwd notes.txt
        git log --show-signature -1
        git log --format=%G? -1
        git log --pretty=format:%GG -1
        git for-each-ref --format='%(signature)'
        git tag -v v1
        git verify-commit HEAD
        git verify-tag v1
        git tag x
        git tag -d x
        git tag -a x -m y
        git branch x
        git branch -d x
        git branch -m y
        git branch -M x
        git branch --set-upstream-to=origin/main
        git branch --edit-description
        git branch -f main HEAD~1
        git branch -u origin/main
        git branch --unset-upstream
        git branch --list -D main
        git branch -c a b
        git remote add x y
        git remote remove x
        git remote set-url origin x
        git remote show origin
        git remote update
        git remote prune origin
        git -c core.pager=x log
        git -ccore.pager=x log
        git -p log
        git --paginate log
        git --exec-path=./evilbin status
        git --exec-path=. evil
        git --config-env=core.fsmonitor=X status
        git --work-tree=/ status
        git --namespace=x log
        git --super-prefix=x status
        git -C / status
        git -C .. status
        git -C evilrepo log
        git -C ./evilrepo/. status
        cd evilrepo && git status
        git evil
        git x
        git init
        git init --template=./evil-template x
        git clone . x
        git clone ext::sh
        git clone -u ./evil.sh . x
        git fetch
        git pull
        git push
        git ls-remote
        git ls-remote ext::sh
        git ls-remote --upload-pack=./evil.sh .
        git fetch-pack --exec=./evil.sh .
        git archive HEAD
        git archive -o x.tar HEAD
        git bundle create x HEAD
        git format-patch HEAD~1
        git apply x
        git am x
        git add .
        git commit -am x
        git checkout .
        git checkout -b x
        git switch x
        git restore .
        git reset --hard
        git stash
        git stash pop
        git stash drop
        git stash show -p --ext-diff
        git clean -fd
        git rm notes.txt
        git mv a b
        git merge x
        git rebase -x 'touch /tmp/claw-canary' HEAD~1
        git rebase -i HEAD~1
        git cherry-pick x
        git revert HEAD
        git gc
        git prune
        git repack
        git reflog expire --all
        git reflog delete HEAD@{0}
        git update-index --refresh
        git update-ref refs/heads/x HEAD
        git symbolic-ref HEAD refs/heads/x
        git notes add -m x
        git worktree add x
        git worktree prune
        git submodule foreach 'touch /tmp/claw-canary'
        git submodule update --init
        git submodule add x
        git config core.pager x
        git config --add x y
        git config --unset x
        git config -e
        git config --edit
        git config --file=x --get a.b
        git config -f /etc/passwd --list
        git config --get credential.helper
        git config --get http.extraheader
        git config set core.fsmonitor x
        git credential fill
        git mergetool
        git difftool
        git gui
        git instaweb
        git daemon
        git send-email x
        git filter-branch --tree-filter 'touch /tmp/claw-canary' HEAD
        git bisect run touch /tmp/claw-canary
        git for-each-repo --config=x status
        git maintenance run
        git hook run pre-commit
        git cat-file --textconv HEAD:src/app.py
        git cat-file --filters HEAD:src/app.py
        git cat-file --batch
        git var -l
        git shell -c x
        git upload-pack .
        git receive-pack .
        git rev-parse --parseopt
        git rev-parse --sq-quote x
        git fast-export --all
        git fast-import
        git replace -d x
        git hash-object -w notes.txt
        git mktree
        git sparse-checkout set x
        git range-diff --ext-diff a b
        git web--browse x
        git help --web log
        git diff -O/etc/passwd
        git diff -Oorder
        git ls-files -X /etc/passwd -o
        git ls-files --exclude-from=/etc/passwd -o
        git ls-files --exclude-per-directory=x -o
        git status; touch /tmp/claw-canary
        git status && touch /tmp/claw-canary
        git status | tee /tmp/claw-canary
        git status > x
        git status >> x
        git status >x
        git status 1>x
        git status 2>x
        git status &>x
        git status >&x
        git status <>x
        git status >&3
        git status 3>x
        git status &
        git status &!
        (git status)
        { git status; }
        ! git status
        if git status; then ls; fi
        until ls; do ls; done
        select x in a; do ls; done
        function f { ls; }
        f() { ls; }; f
        [[ -f x ]]
        let x=1
        ls $(touch /tmp/claw-canary)
        ls "`id`"
        ls $HOME
        ls "$HOME"
        ls "${HOME}"
        ls ${HOME}
        ls $'a'
        ls $"a"
        ls $((1+1))
        ls $[1+1]
        ls <(ls)
        ls >(ls)
        ls ~
        ls ~/x
        ls ~+
        ls ~-
        ls x=~/y
        ls {a,b}
        ls {1..3}
        ls {a..c}
        ls a{b,c}d
        cat <<X
        cat <<-X
        cat <<<x
        cat /etc/passwd
        cat //etc/passwd
        cat /etc/../etc/passwd
        cat ./../../../../../etc/passwd
        cat src/../../H/.ssh/id_rsa
        cat ../H/.ssh/id_rsa
        cat ../fx/H/.ssh/id_rsa
        cat /proc/self/environ
        cat /proc/1/environ
        cat /dev/tcp/127.0.0.1/80
        cat /dev/stdin
        cat /dev/fd/0
        cat /dev/zero
        cat /dev/mem
        cat secretlink
        cat ./secretlink
        cat src/../secretlink
        cat secret*
        cat secretlin?
        cat *link
        cat < secretlink
        cat < /etc/passwd
        cat </etc/passwd
        grep -r '' ..
        grep -r '' /
        grep -r x ../H
        grep x secretlink
        grep '' secretlin[k]
        grep -R '' .
        grep -rR x .
        grep --dereference-recursive x .
        grep --deref x .
        grep --dere x .
        grep --file=/etc/passwd notes.txt
        grep --fil=/etc/passwd notes.txt
        grep -nf /etc/passwd notes.txt
        grep -f/etc/passwd notes.txt
        grep -f secretlink notes.txt
        grep --exclude-from=/etc/passwd x notes.txt
        grep -d read x /dev
        grep -D read x fifo
        grep x fifo
        grep -e x /etc/passwd
        grep x notes.txt /etc/passwd
        grep x -- /etc/passwd
        find / -name x
        find .. -name x
        find ../H -name id_rsa
        find ~ -name x
        find . -exec sh -c x \;
        find . -exec cat {} \;
        find . -exec rm {} +
        find . -ok rm {} \;
        find . -okdir rm {} \;
        find . -delete
        find . -fprint x
        find . -fprint0 x
        find . -fprintf x %p
        find . -fls x
        find . -name x -delete
        find -L . -name x
        find -H . -name x
        find . -follow
        find -L .
        find . -files0-from x
        find . -newer /etc/passwd
        find . -samefile /etc/passwd
        find . -newerXY x
        find . "-exec" touch /tmp/claw-canary \;
        find . \-exec touch /tmp/claw-canary \;
        find . -ex""ec touch x \;
        find secretlink -ls
        find . -printf x -exec ls \;
        find . -execdir ls \;
        npm start
        npm stop
        npm restart
        npm t
        npm tst
        npm it
        npm run hello
        npm run-script hello
        npm exec ls
        npm x ls
        npx ls
        npm install
        npm i
        npm add x
        npm ci
        npm uninstall x
        npm update
        npm link
        npm publish
        npm version patch
        npm version 1.0.0
        npm set x y
        npm get x
        npm config edit
        npm config delete x
        npm config set x y
        npm config get _authToken
        npm token list
        npm login
        npm adduser
        npm cache clean
        npm rebuild
        npm explore x -- ls
        npm edit x
        npm init
        npm create x
        npm init -y
        npm pkg set name=x
        npm pkg delete name
        npm dedupe
        npm prune
        npm shrinkwrap
        npm audit fix
        npm diff
        npm hook ls
        npm repo
        npm docs
        npm bugs
        npm ls --prefix=/
        npm ls --userconfig=./evil.npmrc
        npm ls -C /
        npm --script-shell=./evil.sh test
        npm --node-options='--require ./evil.js' ls
        npm ls --node-options=x
        npm ls --viewer=x
        npm ls --globalconfig=x
        npm ls --cache=/tmp/x
        npm ls --shell=x
        npm ls --editor=x
        npm --no-ignore-scripts ci
        npm root --global-style
        npm install-test
        npm rum x
        npm urn x
        npm clean-install
        npm isntall
        npm ic
        npm cit
        npm sit
        npm org ls
        npm team ls
        npm access list
        npm profile get
        npm star x
        npm sbom
        npm deprecate x y
        npm owner ls x
        npm dist-tag ls
        npm unpublish x
        python3
        python3 -
        python3 -i scripts/report.py
        python3 -m http.server
        python3 -m scripts.report
        python3 -mscripts.report
        python3 -c x
        python3 -Bc x
        python3 evil.py
        python3 ./evil.py
        python3 src/app.py
        python3 scripts/../evil.py
        python3 scripts/./../evil.py
        python3 scripts/link.py
        python3 scripts/x.sh
        python3 scripts/nosuch.py
        python3 scripts/sub/x.py
        python3 scripts/
        python3 scripts/__main__
        python3 scripts/__main__.pyc
        python3 -X importtime scripts/report.py
        python3 -W ignore scripts/report.py
        python3 -x scripts/report.py
        python3 -d scripts/report.py
        python3 -v scripts/report.py
        python3 -O scripts/report.py
        python3 --check-hash-based-pycs always scripts/report.py
        python3 scripts/*.py
        python3 /etc/passwd
        python3 < scripts/report.py
        python3 scripts/report.py > out
        python3 scripts/report.py | python3
        python3 scripts/report.py | sh
        python scripts/report.py
        python3.11 scripts/report.py
        /usr/bin/python3.11 scripts/report.py
        ./scripts/report.py
        scripts/report.py
        scripts/x.sh
        sh scripts/x.sh
        bash scripts/x.sh
        node a.js
        node scripts/x.js
        ./run.sh
        source scripts/x.sh
        . scripts/x.sh
        eval ls
        exec ls
        command ls
        builtin ls
        type ls
        hash ls
        trap 'touch x' EXIT
        set -x
        export A=1
        unset PATH
        alias x=ls
        read x
        cd /
        cd ..
        cd
        cd ~
        cd src; cd /; ls
        pushd src
        ulimit -c 0
        umask 0
        kill 1
        wait
        nohup ls
        nice ls
        ionice ls
        chrt 1 ls
        taskset 1 ls
        unshare ls
        nsenter ls
        xargs ls
        parallel ls
        env ls
        sudo ls
        doas ls
        su
        runuser -u x ls
        script -c ls
        expect -c ls
        unbuffer ls
        timeout 1 ls
        time ls
        strace ls
        gdb ls
        ltrace ls
        perl -e x
        ruby -e x
        php -r x
        lua -e x
        awk 'BEGIN{system("x")}'
        gawk x
        mawk x
        sed -i s/a/b/ notes.txt
        ed notes.txt
        ex notes.txt
        vi notes.txt
        nano notes.txt
        emacs notes.txt
        less notes.txt
        more notes.txt
        man ls
        tee x
        cp a b
        mv a b
        rm a
        ln -s a b
        touch x
        mkdir x
        rmdir x
        chmod +x run.sh
        chown root x
        install a b
        rsync a b
        scp a b
        curl x
        wget x
        nc x 1
        ssh x
        ftp x
        telnet x
        dd if=a of=b
        tar xf evil.tar
        unzip evil.zip
        zip x a
        gzip notes.txt
        make
        cmake .
        gcc ev.c
        cc ev.c
        docker ps
        kubectl get pods
        systemctl status
        journalctl
        mount
        umount x
        crontab -l
        at now
        useradd x
        passwd
        iptables -L
        ip a
        ifconfig
        top -b -n1
        lsof
        date -s x
        reboot
        shutdown now
        /usr/bin/env git status
        /bin/sh -c ls
        /bin/busybox ls
        busybox ls
        ./git status
        evilbin/git status
        ./evilbin/git status
        $(which git) status
        git$IFS status
        gi"t" status; touch x
        ls;touch x
        ls|sh
        ls | xargs cat
        ls | sudo cat
        ls || touch x
        ls && touch x
        ls & ls
        awk 'BEGIN { system ("x") }'
        awk '{print > "x"}' notes.txt
        awk '{print $1 > "x"}' notes.txt
        awk '{print $1 >> "x"}' notes.txt
        awk '{print ($1) > ("x")}' notes.txt
        awk '{printf "a" > "x"}' notes.txt
        awk '{print | "sh"}' notes.txt
        awk '{print "x" | "sh"}' notes.txt
        awk 'BEGIN{"id" | getline x; print x}'
        awk 'BEGIN{getline < "/etc/passwd"; print}'
        awk 'BEGIN{while ((getline l < "/etc/passwd") > 0) print l}'
        awk 'BEGIN{print ENVIRON["HOME"]}'
        awk 'BEGIN{ARGV[1]="/etc/passwd";ARGC=2}{print}'
        awk '@load "filefuncs"; BEGIN{}'
        awk 'BEGIN{f="system"; @f("x")}'
        awk -f evil.awk notes.txt
        awk -f/etc/passwd
        awk --file=x
        awk -i inplace 1 notes.txt
        awk -l x 1
        awk -E x
        awk -e 'BEGIN{system("x")}'
        awk -v ARGV=x 1 notes.txt
        awk -v 'x' 1 notes.txt
        awk '{close("x")}' notes.txt
        awk '{fflush("")}' notes.txt
        awk '/"/ {system("x")}; /"/' notes.txt
        awk '{ if (1) /"/ ; system("x") ; y="/"; z="" }' notes.txt
        awk 'function f(){system("x")} {f()}' notes.txt
        awk 'BEGIN{print "a" |& "sh"}'
        awk 'BEGIN { print length /"/ ; system("x") ; /"/ }'
        awk '{print}' /etc/passwd
        awk '{print}' secretlink
        awk '{print}' FS=x notes.txt
        awk '/[/]/ {system("x")} /]/' notes.txt
        awk '/[]"]/ {system("x")} /"/' notes.txt
        awk 'BEGIN{PROCINFO["x"]=1}'
        awk 'BEGIN{SYMTAB["x"]=1}'
        awk '1' 'notes.txt' -f x
        gawk 'BEGIN{system("x")}'
        sed -n '1w x' notes.txt
        sed 'w x' notes.txt
        sed 's/a/b/w x' notes.txt
        sed 's/a/b/e' notes.txt
        sed 's/a/b/ge' notes.txt
        sed 's/a/b/;e touch x' notes.txt
        sed 'e touch x' notes.txt
        sed '1e touch x' notes.txt
        sed 'r /etc/passwd' notes.txt
        sed 'p;r /etc/passwd' notes.txt
        sed 'R /etc/passwd' notes.txt
        sed 'W x' notes.txt
        sed -i 's/a/b/' notes.txt
        sed -i.bak 's/a/b/' notes.txt
        sed --in-place=x 's/a/b/' notes.txt
        sed --in 's/a/b/' notes.txt
        sed -n -i p notes.txt
        sed -ni p notes.txt
        sed -f x notes.txt
        sed --file=x notes.txt
        sed -e 's/a/b/' -e 'w x' notes.txt
        sed 's|a|b|w x' notes.txt
        sed 's|a|b|;w x' notes.txt
        sed 's,a,b,e' notes.txt
        sed 's/[/]/x/e;/' notes.txt
        sed 's/\n/x/w x' notes.txt
        sed 'y/a/b/;w x' notes.txt
        sed ':a;N;ba;e x' notes.txt
        sed 's/x/y/ w x' notes.txt
        sed p /etc/passwd
        sed p secretlink
        sed 's/a/b/;s/c/d/w x' notes.txt
        sed 's/a\/b/c/w x' notes.txt
        sed 's/a/b\/w x/;s/q/' notes.txt
        sed 's:a:b:e' notes.txt
        sed 's@a@b@;w x' notes.txt
        tar -xf evil.tar
        tar cf x notes.txt
        tar tf evil.tar -I sh
        tar tf evil.tar --to-command=sh
        tar tf evil.tar --use-compress-program=sh
        tar tf evil.tar --checkpoint=1 --checkpoint-action=exec=sh
        tar tf host:evil.tar
        tar tf host:evil.tar --rsh-command=sh
        tar -t
        tar t
        tar tf /etc/x.tar
        tar -tF sh -f evil.tar
        tar tf evil.tar -C /
        tar tvxf evil.tar
        tar -t -x -f evil.tar
        tar tf a -f evil.tar
        gzip -d x.gz
        gzip -lk notes.txt -d
        gzip -l -d x.gz
        unzip -o evil.zip
        unzip -l evil.zip -d x
        unzip -p evil.zip
        zcat /etc/x.gz
        env -i ls
        env A=1
        env -S ls
        env -u X
        printenv -x
        ps e
        ps axe
        ps auxe
        ps -e e
        ps auxwwe
        ps eww
        shuf -o x notes.txt
        shuf -e a b
        shuf --output=x notes.txt
        shuf --random-source=/etc/passwd notes.txt
        bc /etc/passwd
        dc -e '!x'
        numfmt --help x y | sh
        dpkg -i x.deb
        dpkg -r bash
        dpkg --remove bash
        dpkg -P x
        dpkg --configure -a
        dpkg --root=/ -l
        vcgencmd otp_dump
        vcgencmd
        lspci -F x
        lspci -A x
        lsblk /dev/sda --output-all -x y z
        kill -9 1
        pkill python
        diff -r . src
        diff -r src ..
        diff -r src /etc
        diff notes.txt secretlink
        grep -R x .
        grep -R x ..
        grep -R x
        grep -Rn '' ./
        jq -f x package.json
        jq -n input_filename --args a b
        jq --slurpfile a /etc/passwd . package.json
        jq --rawfile a /etc/passwd '$a' package.json
        jq -L . 'import "x" as x; .' package.json
        jq 'input' /etc/passwd
        jq --arg
        jq --arg a
        jq --arg a b . /etc/passwd
        jq --from-file x package.json
        jq -nf x
        jq 'env' package.json; touch x
        head /etc/passwd
        tail -f notes.txt
        tail -F notes.txt
        tail --follow=name notes.txt
        wc --files0-from=x
        sort -o x notes.txt
        sort --output=x notes.txt
        sort --outp x notes.txt
        sort -T /tmp notes.txt
        sort --compress-program=./evil.sh notes.txt
        sort --comp=./evil.sh notes.txt
        sort --files0-from=x
        uniq notes.txt x
        xxd notes.txt x
        xxd -r notes.txt x
        xxd -r notes.txt
        date -s tomorrow
        date 010100002026
        date --set=x
        date -f /etc/passwd
        du --files0-from=x
        du -L .
        du -D .
        du --exclude-from=/etc/passwd .
        file -f /etc/passwd
        file -m x notes.txt
        file -C -m x
        tree -o x
        tree -l
        tree -R -H x
        tree --fromfile x
        md5sum -c notes.txt
        sha256sum --check notes.txt
        cksum --check x
        base64 /etc/passwd
        od /etc/passwd
        strings /etc/passwd
        hexdump -f x
        column -t /etc/passwd
        stat -L secretlink
        ls -L
        ls --dereference
        ls -H secretlink
        ls -laL
        realpath /etc/x
        readlink -f /etc/x
        hostname newname
        hostname -F x
        hostname -b x
        rg --pre ./evil.sh x
        rg --pre=./evil.sh x
        rg -L x
        rg --follow x
        rg -z x
        rg --search-zip x
        rg --hostname-bin=./evil.sh x
        rg --ignore-file=/etc/passwd x
        rg x /etc
        rg x ..
        rg -f /etc/passwd
        test -f /etc/passwd
        [ -f /etc/shadow ]
        [ -r secretlink ]
        printf -v x y
        printf '%s' x > y
        echo x > notes.txt
        echo x >> notes.txt
        echo x | tee notes.txt
        echo x | sh
        echo x | bash
        echo $(id)
        echo `id`
        echo "$(id)"
        echo $HOME
        echo ${PATH}
        sleep 3600
        sleep infinity
        sleep 1d
        sleep 1 1d
        seq 99999999999
        seq 1 9999999999
        seq inf
        yes
        cat /dev/urandom
        which -a git; touch x
        nl /etc/passwd
        tac /etc/passwd
        paste /etc/passwd notes.txt
        join /etc/passwd notes.txt
        comm /etc/passwd notes.txt
        fold /etc/passwd
        fmt /etc/passwd
        rev /etc/passwd
        cmp /etc/passwd notes.txt
        cut -d: -f1 /etc/passwd
        cut -d: -f1 < /etc/passwd
        tr a b < /etc/passwd
        split notes.txt
        csplit notes.txt 1
        truncate -s 0 notes.txt
        shred notes.txt
        git -C /tmp status
        git -C ../H status
        git -C secretlink status
        git -C src -c core.pager=x log
        git -C src diff --no-index a b
        git -Csrc status
        git -C
        git -C src
        git config a.b c
        git config --add a.b c
        git config --get a b c
        git config --list --global
        git config --list --system
        git config --file x --list
        git config --get-regexp
        git config --get-urlmatch http.x y
        git config --list x
        git config core.pager sh
        git var GIT_SSH
        git help log
        git help git-log
        git help -w log
        git help -m log
        git help --config
        git --help log
        git log --help
        git fsck --lost-found
        git fsck --lost
        npm help install
        npm run evil --if-present
        npm run-script evil
        npm version major
        npm version 2.0.0
        npm fund left-pad
        npm fund --browser=./evil.sh
        npm query x y
        npm config list --json -l
        npm config list -l
        npm config ls --long
        npm completion x
        find . -xtype l -delete
        find --help -delete
        find --version . -exec x \;
        python3 scripts/r*.py
        python3 -u scripts/*.py
        python3 scripts/?eport.py
        python3 --version scripts/link.py
        python3 -V -c x
        PAGER=less git log
        PAGER='touch x' git log
        GIT_PAGER=sh git log
        TERM=xterm ls
        GIT_TERMINAL_PROMPT=1 git status
        git log @{u}..{a,b}
        ls {a}b,c}
        ls x{a}..{b}
        ls HEAD@{1}..{2}
        """";
}
