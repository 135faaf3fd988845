using Appliance.Backup;
using Appliance.Backup.Targets;
using Models.Egress;
using TestKit;

namespace Appliance.Tests.Backup;

/// <summary>Where backups go: folders, disks by their label, and other machines by the real sftp with a program of the test's in ssh's place.</summary>
public sealed class BackupTargetTests : IDisposable
{
    private static readonly EgressPolicy Open = new();
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _content = new byte[300_000];

    public BackupTargetTests()
    {
        new Random(7).NextBytes(_content);
        File.WriteAllBytes(_folder["one.sealed"], _content);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, true)]
    [InlineData(100_000, true)]
    [InlineData(300_000, true)]
    [InlineData(100_000, false)]
    public void Folder_WhatBrokeOff_GoesOn_WhereItIsTheSame(int there, bool isSame)
    {
        var folder = _folder["target"];
        Directory.CreateDirectory(folder);
        var part = _content[..there];
        if (!isSame) part[there / 2] ^= 1;
        File.WriteAllBytes(Path.Combine(folder, "one.sealed.part"), [.. part, .. isSame ? [] : new byte[500_000]]);
        var target = BackupTarget.Parse(folder, Open);
        Assert.Empty(target.List().Where(name => name == "one.sealed"));
        target.Store(_folder["one.sealed"]);
        Assert.Equal(_content, File.ReadAllBytes(Path.Combine(folder, "one.sealed")));
        Assert.Equal(["one.sealed"], target.List());
        target.Remove("one.sealed");
        Assert.Empty(target.List());
    }

    [Theory]
    [InlineData("STICK", "/dev/sdb1", "/mnt/of the stick")]
    [InlineData("BYNAME", null, "/media/ann/BYNAME")]
    public void Disk_OfALabel_IsWhereItIsMounted(string label, string? device, string folder)
    {
        string[] mounts = ["proc /proc proc rw 0 0", "tmpfs /media/ann/STICK tmpfs rw 0 0", "/dev/sdb1 /mnt/of\\040the\\040stick vfat rw 0 0", "/dev/sdc1 /media/ann/BYNAME ext4 rw 0 0"];
        Assert.Equal(folder, MountedDisk.Find(label, mounts, device));
    }

    [Theory]
    [InlineData("ABSENT")]
    [InlineData("../etc")]
    [InlineData("")]
    public void Disk_ThatIsNotMounted_IsSaid(string label) => Assert.Throws<BackupException>(() => MountedDisk.Find(label, ["/dev/sda1 / ext4 rw 0 0"], null));

    [Theory]
    [InlineData("relative/folder")]
    [InlineData("sftp://host/folder")]
    [InlineData("sftp://-oProxyCommand=evil@host/folder")]
    [InlineData("sftp://ann@-oProxyCommand=evil/folder")]
    [InlineData("sftp://ann@host/fol der")]
    [InlineData("sftp://ann@host/a\"; !touch x")]
    [InlineData("sftp://ann@host/a/../../etc")]
    [InlineData("sftp://ann@host/a\nrm *")]
    [InlineData("sftp://ann@host:22:33/a")]
    [InlineData("sftp://ann:secret@host/a")]
    public void Parse_WhatIsNoPlace_OrCouldBeMoreThanOne_IsRefused(string text) => Assert.Throws<BackupException>(() => BackupTarget.Parse(text, Open));

    [SftpTheory]
    [InlineData(0)]
    [InlineData(100_000)]
    [InlineData(300_000)]
    [InlineData(400_000)]
    public void Sftp_StoresAFile_AndGoesOnWhereItBrokeOff(int there)
    {
        var folder = _folder["remote"];
        Directory.CreateDirectory(folder);
        if (there > 0) File.WriteAllBytes(Path.Combine(folder, "one.sealed.part"), there <= _content.Length ? _content[..there] : new byte[there]);
        File.WriteAllText(Path.Combine(folder, "other"), "x");
        var target = Sftp(folder);
        target.Store(_folder["one.sealed"]);
        Assert.Equal(_content, File.ReadAllBytes(Path.Combine(folder, "one.sealed")));
        Assert.Equal(["one.sealed", "other"], target.List().Order());
        target.Remove("other");
        Assert.Equal(["one.sealed"], Directory.EnumerateFiles(folder).Select(Path.GetFileName));
        // Nobody can be asked, and a host that is not known is refused.
        var words = File.ReadAllText(_folder["words"]);
        Assert.Contains("BatchMode=yes", words, StringComparison.Ordinal);
        Assert.Contains("StrictHostKeyChecking=yes", words, StringComparison.Ordinal);
        Assert.Contains("box.example", words, StringComparison.Ordinal);
    }

    [SftpTheory]
    [InlineData("exit 255")]
    [InlineData("kill $$")]
    public void Sftp_HostThatIsAway_IsSaid(string script)
    {
        var fault = Assert.Throws<BackupException>(() => Sftp(_folder["remote"], script).Store(_folder["one.sealed"]));
        Assert.Contains("ann@box.example", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sftp_InOfflineMode_ContactsNobody()
    {
        var target = SftpTarget.Parse("sftp://ann@box.example/x", new EgressPolicy { Offline = true }, ["/nothing/here"]);
        Assert.Contains("Offline", Assert.Throws<BackupException>(() => target.List()).Message, StringComparison.Ordinal);
    }

    // In the place of ssh: notes its words and is the server itself.
    private SftpTarget Sftp(string folder, string script = "exec " + SftpTheoryAttribute.Server)
    {
        File.WriteAllText(_folder["ssh"], $"#!/bin/sh\nprintf '%s\\n' \"$@\" >> {_folder["words"]}\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder["ssh"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return SftpTarget.Parse($"sftp://ann@box.example:2222{folder}", Open, ["/usr/bin/sftp", "-S", _folder["ssh"]]);
    }

    /// <summary>Needs OpenSSH's sftp and its server.</summary>
    private sealed class SftpTheoryAttribute : TheoryAttribute
    {
        public const string Server = "/usr/lib/openssh/sftp-server";

        public SftpTheoryAttribute()
        {
            if (!File.Exists("/usr/bin/sftp") || !File.Exists(Server)) Skip = "needs sftp and sftp-server (openssh-client, openssh-sftp-server)";
        }
    }
}
