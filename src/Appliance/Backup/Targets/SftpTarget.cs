using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Models.Egress;

namespace Appliance.Backup.Targets;

/// <summary>
/// A folder of another machine, reached by OpenSSH's sftp(1) with its keys and its list of known hosts: nobody is asked anything, and a host
/// that is not known is refused. Nothing goes through a shell: the words are a list, what could be taken for an option or for more than one
/// word is refused, and sftp's own commands come by standard input with every name in quotes.
/// </summary>
internal sealed partial class SftpTarget : BackupTarget
{
    private static readonly TimeSpan Patience = TimeSpan.FromHours(6);

    private readonly string[] _words;
    private readonly string _host, _folder;
    private readonly EgressPolicy _egress;

    private SftpTarget(string[] words, string host, string folder, EgressPolicy egress) => (_words, _host, _folder, _egress) = (words, host, folder, egress);

    /// <inheritdoc/>
    public override bool Leaves => true;

    /// <summary>Reads <c>sftp://user@host[:port]/folder</c>; /~/folder is below the user's home there.</summary>
    /// <exception cref="BackupException">It is no such address.</exception>
    public static new SftpTarget Parse(string text, EgressPolicy egress) => Parse(text, egress, ["/usr/bin/sftp"]);

    /// <summary>The same, by another program or with more options.</summary>
    internal static SftpTarget Parse(string text, EgressPolicy egress, string[] program)
    {
        if (Address().Match(text) is not { Success: true } match)
            throw new BackupException($"'{text}' is no address for backups: sftp://user@host/folder, with letters, digits and . _ - ~ alone, and a port after the host where it is another than 22.");
        var (host, port, folder) = ($"{match.Groups["user"].Value}@{match.Groups["host"].Value}", match.Groups["port"].Value, match.Groups["folder"].Value);
        if (folder.Split('/').Contains("..")) throw new BackupException($"'{text}' goes up again: name the folder itself.");
        string[] words = [.. program, "-b", "-", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "ConnectTimeout=30", "-o", "ServerAliveInterval=30", "-P", port.Length > 0 ? port : "22", "--", host];
        return new SftpTarget(words, host, folder.StartsWith("/~/", StringComparison.Ordinal) ? folder[3..] : folder, egress);
    }

    /// <inheritdoc/>
    public override void Store(string file)
    {
        var name = Path.GetFileName(file);
        var size = new FileInfo(file).Length;
        Run($"-mkdir {Quote(_folder)}");
        // What is there of an earlier try is this file's: its name has the second in it at which it was made.
        var there = Sizes().GetValueOrDefault($"{name}.part", -1);
        if (there > size) Run($"rm {Quote(At($"{name}.part"))}");
        if (there != size) Run($"{(there > 0 && there < size ? "reput" : "put")} {Quote(file)} {Quote(At($"{name}.part"))}");
        var arrived = Sizes().GetValueOrDefault($"{name}.part", -1);
        if (arrived != size) throw new BackupException($"{_host} has {arrived} bytes of {name}, which has {size}. The next try goes on from there.");
        Run($"rename {Quote(At($"{name}.part"))} {Quote(At(name))}");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> List() => [.. Sizes().Keys.Where(name => !name.EndsWith(".part", StringComparison.Ordinal))];

    /// <inheritdoc/>
    public override void Remove(string name) => Run($"rm {Quote(At(name))}");

    /// <summary>Its size was compared, and SSH lets no byte change on the way: reading it back would be sending it once more.</summary>
    public override void Verify(string name, string? passphrase) { }

    // The long list of ls: rights, links, owner, group, size, three words of a date, name.
    private Dictionary<string, long> Sizes()
    {
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in Run($"ls -ln {Quote(_folder)}").Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length == 9 && words[0][0] == '-' && long.TryParse(words[4], NumberStyles.None, CultureInfo.InvariantCulture, out var size)) sizes[Path.GetFileName(words[8])] = size;
        }
        return sizes;
    }

    private string At(string name) => $"{_folder.TrimEnd('/')}/{name}";

    private static string Quote(string path) => path.Any(c => char.IsControl(c) || c is '"' or '\\' or '*' or '?' or '[')
        ? throw new BackupException($"'{path}' has characters that sftp takes for something else.") : $"\"{path}\"";

    private string Run(string commands)
    {
        if (_egress.Offline) throw new BackupException($"Offline mode is on, so {_host} was not contacted.");
        try
        {
            using var process = Process.Start(new ProcessStartInfo(_words[0], _words[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
            using var patience = new Timer(_ => process.Kill(), null, Patience, Timeout.InfiniteTimeSpan);
            var error = process.StandardError.ReadToEndAsync();
            try
            {
                process.StandardInput.WriteLine(commands);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended before it read: it says why.
            }
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : throw new BackupException($"sftp to {_host} failed: {error.Result.Trim().Split('\n')[^1]}");
        }
        catch (Win32Exception e)
        {
            throw new BackupException($"sftp cannot be started: {e.Message} Install OpenSSH's client (openssh-client).", e);
        }
    }

    [GeneratedRegex(@"\Asftp://(?<user>[A-Za-z0-9_][A-Za-z0-9._-]{0,63})@(?<host>[A-Za-z0-9][A-Za-z0-9.-]{0,252})(:(?<port>[0-9]{1,5}))?(?<folder>/[A-Za-z0-9._~/-]{1,512})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
