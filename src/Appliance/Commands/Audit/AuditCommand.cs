using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Models;
using Models.Store;
using Runtime.Audit;
using Runtime.Audit.Verification;

namespace Appliance.Commands.Audit;

/// <summary><c>appliance audit</c>: the record of what this box did, shown, exported, checked. Reads files; a running gateway is not asked.</summary>
internal static class AuditCommand
{
    /// <summary>The command, working on the home folder.</summary>
    public static Command Create() => Create(() => HomeFolder.Path, TimeProvider.System);

    /// <summary>The same, working on another home.</summary>
    internal static Command Create(Func<string> home, TimeProvider time) => new("audit", "Show, export and check the record of who asked for what, and what this box did.")
    {
        Show(home, time), Export(home, time), Verify(home),
    };

    private static Command Show(Func<string> home, TimeProvider time)
    {
        var (since, person, kind) = Filters();
        var limit = new Option<int>("--limit") { Description = "Most records to show, the newest; 50 by default.", HelpName = "N", DefaultValueFactory = _ => 50 };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a line." };
        var command = new Command("show", "Show the newest records, oldest first.") { since, person, kind, limit, json };
        command.SetAction(parsed =>
        {
            var terminal = Terminal.Of(parsed);
            var filter = FilterOf(parsed, since, person, kind, time);
            var records = AuditReader.NewestFirst(home()).TakeWhile(r => filter.Since is not { } from || r.Ts >= from).Where(filter.Matches).Take(parsed.GetValue(limit)).Reverse().ToList();
            foreach (var record in records)
                terminal.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(record, AuditOutputJson.Lines.AuditRecord) : AuditLine.Of(record));
            if (records.Count == 0 && !parsed.GetValue(json)) terminal.Note("no records");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Export(Func<string> home, TimeProvider time)
    {
        var file = new Argument<string>("file") { HelpName = "FILE", Description = "The bundle to write." };
        var (since, person, kind) = Filters();
        var command = new Command("export", "Write records into one file that proves itself: public key, signed checkpoints, a proof for each record.") { file, since, person, kind };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(file)!;
            var mode = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            try
            {
                long records;
                using (var to = new FileStream(path, mode)) records = AuditExport.Write(home(), FilterOf(parsed, since, person, kind, time), to, time);
                Terminal.Of(parsed).WriteLine($"{records} records in {path}; `appliance audit verify {path}` checks it anywhere");
                return ExitCode.Ok;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ModelException($"Cannot write {path}: {e.Message}", e);
            }
        });
        return command;
    }

    private static Command Verify(Func<string> home)
    {
        var file = new Argument<string?>("file") { HelpName = "FILE", Description = "A bundle; this box's own log by default.", Arity = ArgumentArity.ZeroOrOne };
        var box = new Option<string?>("--box") { Description = "The box the bundle must come from: its name, as `audit verify` prints it there.", HelpName = "NAME" };
        var against = new Option<string?>("--against") { Description = "A bundle exported earlier, which this box's log must continue.", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("verify", "Check that no record was changed, dropped, moved or added; exits 1 if any was. A bundle needs nothing but itself.") { file, box, against, json };
        command.SetAction(parsed =>
        {
            var terminal = Terminal.Of(parsed);
            var report = parsed.GetValue(file) is { } bundle ? VerifyBundle(bundle) : AuditVerifier.Verify(home(), parsed.GetValue(against));
            if (parsed.GetValue(box) is { } expected && expected != report.Box)
                report = report with { Findings = [new("box", $"it is {report.Box}, not {expected}"), .. report.Findings] };
            if (parsed.GetValue(json)) terminal.Output.WriteLine(JsonSerializer.Serialize(report, AuditOutputJson.Default.AuditReport));
            else
            {
                terminal.WriteLine($"box {report.Box}");
                terminal.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{report.Records} records{(report.First is > 0 and var first ? $" from {first} on" : "")}, {report.Checkpoints} checkpoints; the last vouches for {report.Vouched}"));
                foreach (var finding in report.Findings) terminal.WriteLine($"{finding.Where}: {finding.What}");
                terminal.Output.WriteLine(report.Ok ? "ok" : terminal.Red("not as it was written"));
            }
            return report.Ok ? ExitCode.Ok : ExitCode.Error;
        });
        return command;
    }

    private static AuditReport VerifyBundle(string path)
    {
        try
        {
            using var bundle = File.OpenRead(path);
            return BundleVerifier.Verify(bundle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"Cannot read {path}: {e.Message}", e);
        }
    }

    private static (Option<string?> Since, Option<string?> Person, Option<string?> Kind) Filters()
    {
        var kind = new Option<string?>("--kind") { Description = $"Only this kind: {string.Join(", ", AuditKind.All)}.", HelpName = "KIND" };
        kind.AcceptOnlyFromAmong([.. AuditKind.All]);
        return (
            new("--since") { Description = "Only what came since: a duration such as 2h or 7d, or a date such as 2026-11-25.", HelpName = "TIME" },
            new("--person") { Description = "Only what this person asked for.", HelpName = "PERSON" }, kind);
    }

    private static AuditFilter FilterOf(ParseResult parsed, Option<string?> since, Option<string?> person, Option<string?> kind, TimeProvider time) => new()
    {
        Since = parsed.GetValue(since) is { } text ? ParseSince(text, time.GetUtcNow()).ToUnixTimeMilliseconds() : null,
        Person = parsed.GetValue(person),
        Kind = parsed.GetValue(kind),
    };

    /// <summary>A moment: so long ago, or a date.</summary>
    /// <exception cref="ModelException">It is neither.</exception>
    internal static DateTimeOffset ParseSince(string text, DateTimeOffset now)
    {
        if (text.Length > 1 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < 100_000)
        {
            var ago = text[^1] switch { 's' => TimeSpan.FromSeconds(number), 'm' => TimeSpan.FromMinutes(number), 'h' => TimeSpan.FromHours(number), 'd' => TimeSpan.FromDays(number), _ => (TimeSpan?)null };
            if (ago is { } time) return now - time;
        }
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date
            : throw new ModelException($"--since takes a duration such as 2h or 7d, or a date such as 2026-11-25, and '{text}' is neither.");
    }
}
