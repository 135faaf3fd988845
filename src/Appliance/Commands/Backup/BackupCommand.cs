using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Appliance.Backup;
using Appliance.Backup.Schedule;
using Appliance.Config;
using Models;
using Models.Store;

namespace Appliance.Commands.Backup;

/// <summary><c>appliance backup</c>: everything but models and caches in one file, and back.</summary>
internal static class BackupCommand
{
    private const int LongestPassphraseFile = 64 * 1024;

    private static readonly Argument<string> FileArgument = new("file") { HelpName = "FILE", Description = "The backup." };
    private static readonly Option<string?> PassphraseFile = new("--passphrase-file") { HelpName = "PATH", Description = "File with the passphrase that seals the backup (AES-256-GCM); its first line counts." };
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };

    /// <summary>The command, working on the home folder.</summary>
    public static Command Create() => Create(() => HomeFolder.Path);

    /// <summary>The same, working on another home.</summary>
    internal static Command Create(Func<string> home) => new("backup", "Back up and restore configuration, sessions, pairings, agents and memory. Models are not in it: they can be pulled again.")
    {
        CreateCommand(home), RunCommand(home), RestoreCommand(home), VerifyCommand(),
    };

    private static Command CreateCommand(Func<string> home)
    {
        var file = new Argument<string?>("file") { HelpName = "FILE", Description = "Where to; by default appliance-backup-DATE.tar.gz in this folder.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("create", "Write a backup; the server may run meanwhile. Without a passphrase it has secrets in it that anybody can read who has the file.") { file, PassphraseFile, Json };
        command.SetAction(parsed =>
        {
            var passphrase = ReadPassphrase(parsed.GetValue(PassphraseFile));
            var ending = passphrase is null ? "tar.gz" : "sealed";
            var path = Path.GetFullPath(parsed.GetValue(file) ?? string.Create(CultureInfo.InvariantCulture, $"appliance-backup-{DateTime.Now:yyyyMMdd-HHmmss}.{ending}"));
            var manifest = BackupArchive.Create(home(), path, passphrase, TimeProvider.System);
            (BackupJournal.Read(home()) with { LastAt = manifest.CreatedAt, Last = path }).Write(home());
            return Tell(parsed, manifest, path, null, $"{path}: {manifest.Files.Count} files, {ByteSize.Format(new FileInfo(path).Length)}{(passphrase is null ? "" : ", sealed")}");
        });
        return command;
    }

    private static Command RunCommand(Func<string> home)
    {
        var command = new Command("run", "Make a backup now as the section backup of the configuration says: to a folder, a USB disk or by sftp, and remove those that are too many. One that broke off goes on.");
        command.SetAction(parsed =>
        {
            using var config = ConfigStore.Open(home());
            Terminal.Of(parsed).WriteLine(BackupSchedule.RunOnce(config, TimeProvider.System));
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command RestoreCommand(Func<string> home)
    {
        var force = new Option<bool>("--force") { Description = "Also where there is something already: it is put aside, beside the home folder." };
        var command = new Command("restore", "Put a backup in the home folder's place, all of it or nothing. Stop the server first. Models that are there stay.") { FileArgument, force, PassphraseFile, Json };
        command.SetAction(parsed =>
        {
            var (manifest, aside) = BackupRestore.Restore(parsed.GetValue(FileArgument)!, ReadPassphrase(parsed.GetValue(PassphraseFile)), home(), parsed.GetValue(force), TimeProvider.System);
            return Tell(parsed, manifest, home(), aside, $"{home()}: {manifest.Files.Count} files of {manifest.CreatedAt:yyyy-MM-dd HH:mm} UTC{(aside is null ? "" : $"; what was there before is in {aside}")}");
        });
        return command;
    }

    private static Command VerifyCommand()
    {
        var command = new Command("verify", "Read a backup to its end and compare every file with its manifest. Needs nothing but the file.") { FileArgument, PassphraseFile, Json };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(FileArgument)!;
            var manifest = BackupArchive.Verify(path, ReadPassphrase(parsed.GetValue(PassphraseFile)));
            return Tell(parsed, manifest, path, null, $"{path} is whole: {manifest.Files.Count} files of {manifest.CreatedAt:yyyy-MM-dd HH:mm} UTC");
        });
        return command;
    }

    private static int Tell(ParseResult parsed, BackupManifest manifest, string path, string? aside, string sentence)
    {
        var terminal = Terminal.Of(parsed);
        if (parsed.GetValue(Json)) terminal.Output.WriteLine(JsonSerializer.Serialize(new BackupReport(path, manifest.CreatedAt, manifest.Files.Count, manifest.Files.Sum(f => f.Size), aside), BackupCommandJson.Default.BackupReport));
        else terminal.WriteLine(sentence);
        return ExitCode.Ok;
    }

    // Never on the command line: every program of the machine could read it there.
    private static string? ReadPassphrase(string? file)
    {
        if (file is null) return null;
        try
        {
            if (new FileInfo(file).Length > LongestPassphraseFile) throw new ModelException($"{file} is no file with a passphrase.");
            return File.ReadLines(file).FirstOrDefault() is { Length: > 0 } passphrase ? passphrase : throw new ModelException($"The first line of {file} is empty.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"Cannot read the passphrase in {file}: {e.Message}", e);
        }
    }
}

/// <summary>What the commands print with <c>--json</c>; <c>aside</c> is where a restore put what was there.</summary>
internal sealed record BackupReport(string Path, DateTimeOffset CreatedAt, int Files, long Bytes, string? Aside);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BackupReport))]
internal sealed partial class BackupCommandJson : JsonSerializerContext;
