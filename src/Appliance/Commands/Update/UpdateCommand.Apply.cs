using System.CommandLine;
using System.Diagnostics;
using Appliance.Config;
using Appliance.Update;
using Appliance.Update.Images;
using Appliance.Update.Manifests;
using Appliance.Update.Slots;
using Appliance.Update.Sources;
using Models.Egress;

namespace Appliance.Commands.Update;

internal static partial class UpdateCommand
{
    private const string ServiceUser = "appliance";
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1), LongestTrial = TimeSpan.FromMinutes(30);

    private static readonly Option<bool> Again = new("--again") { Description = "Also a version that was tried before and went back." };
    private static readonly Option<bool> NoRestart = new("--no-restart") { Description = "Do not start the service anew: the new version is tried at its next start." };
    private static readonly Option<bool> NoWait = new("--no-wait") { Description = "Do not wait until the new version has proved itself." };
    private static readonly Option<bool> ContentOnly = new("--content-only") { Description = "The models and skills of a bundle alone.", Hidden = true };

    private static Command CheckCommand(Func<string> home, Func<SlotFolder?> slots)
    {
        var command = new Command("check", "Ask for the newest release of the channel, and take nothing. Exits 4 where there is a newer one, 0 where there is none.") { Json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (terminal, folder) = (Terminal.Of(parsed), Require(slots));
            var settings = UpdateSettings.Read(folder);
            using var source = Web(settings, home(), terminal);
            var offer = await new Updater(folder, TimeProvider.System, terminal.Note, null).LookAsync(source, settings.Channel, again: false, cancellation);
            var manifest = offer.Manifest;
            if (offer.IsNewer) KnownUpdate.Keep(folder, manifest);
            if (parsed.GetValue(Json))
                Print(terminal, to => to.Add("version", manifest.Version).Add("release", manifest.Release).Add("channel", manifest.Channel).Add("newer", offer.IsNewer).Add("refusal", offer.Refusal));
            else terminal.WriteLine(offer.Refusal ?? (offer.IsNewer ? $"version {manifest.Version} (release {manifest.Release}) of {Day(manifest.Created)} can be taken: `appliance update apply`" : $"version {manifest.Version} is the newest of {manifest.Channel}, and it is here"));
            return offer.IsNewer ? ExitCode.UpdateAvailable : ExitCode.Ok;
        });
        return command;
    }

    private static Command ApplyCommand(Func<string> home, Func<SlotFolder?> slots)
    {
        var command = new Command("apply", "Fetch the newest release of the channel, check it, start it, and wait until it has proved itself or the version before is back (exits 1 then).") { Again, NoRestart, NoWait, Json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (terminal, folder) = (Terminal.Of(parsed), Require(slots));
            var settings = UpdateSettings.Read(folder);
            using var source = Web(settings, home(), terminal);
            return await TakeAsync(parsed, terminal, folder, source, settings.Channel, home(), cancellation);
        });
        return command;
    }

    private static Command FromCommand(Func<string> home, Func<SlotFolder?> slots)
    {
        var path = new Argument<string>("path") { HelpName = "FILE|FOLDER", Description = "A folder with a release (a USB disk), its manifest, or a .tar of both." };
        var command = new Command("from", "Take a release that lies here: program, models and skills, or a whole image. All of it is compared with its signed manifest before anything is changed.") { path, Again, NoRestart, NoWait, ContentOnly, Json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (terminal, folder) = (Terminal.Of(parsed), Require(slots));
            using var source = UpdateSource.Open(parsed.GetValue(path)!, UpdateSettings.Read(folder).Channel);
            return await TakeAsync(parsed, terminal, folder, source, null, home(), cancellation);
        });
        return command;
    }

    private static WebSource Web(UpdateSettings settings, string home, Terminal terminal) => new(
        settings.Place ?? throw new UpdateException($"Nobody said where updates are found: `appliance update channel {settings.Channel} --url https://…` does."), settings.Channel, Rules(home), terminal.Note);

    // Root asks about another user's home, and only looks: what it wrote there it would write where that user's links lead. What cannot be read says no.
    private static EgressPolicy Rules(string home)
    {
        var policy = EgressPolicy.FromEnvironment();
        if (new ConfigFile(home).Read() is not { } text) return policy;
        return policy with { Offline = policy.Offline || ConfigState.Read(text, []) is { IsValid: false } or { Config.Network.Offline: true } };
    }

    private static async Task<int> TakeAsync(ParseResult parsed, Terminal terminal, SlotFolder slots, UpdateSource source, string? channel, string home, CancellationToken cancellation)
    {
        using var progress = new TerminalProgress(terminal, TimeProvider.System);
        var updater = new Updater(slots, TimeProvider.System, progress.Note, progress);
        var offer = await updater.LookAsync(source, channel, parsed.GetValue(Again), cancellation);
        var manifest = offer.Manifest;
        if (offer.Refusal is { } refusal) throw new UpdateException($"Version {manifest.Version} is not taken. {refusal}");
        if (!offer.IsNewer) return Told(parsed, terminal, manifest, "current", $"version {manifest.Version} is here already");
        await updater.CompareAsync(source, manifest, cancellation);

        if (manifest.Kind == UpdateKind.Image)
        {
            await updater.Image.ApplyAsync(slots, source, manifest, progress, cancellation);
            progress.Dispose();
            return Told(parsed, terminal, manifest, "pending", $"version {manifest.Version} is written to the other slot: `{ImageSlot.Program} try` starts this machine anew in it");
        }
        // Models and skills only add to what is there, so that they come first: the new program finds them.
        if (BundleContent.IsIn(manifest) && !await ContentAsync(parsed, source, manifest, home, progress, cancellation)) return ExitCode.Error;
        var isTried = !parsed.GetValue(ContentOnly) && await updater.ApplyProgramAsync(source, manifest, cancellation);
        progress.Dispose();
        if (!isTried) return Told(parsed, terminal, manifest, "current", $"what version {manifest.Version} brings is here");

        var units = new ServiceUnits(slots);
        if (parsed.GetValue(NoRestart) || !units.Restart(isForced: false))
            return Told(parsed, terminal, manifest, "pending", $"version {manifest.Version} is tried when `appliance serve` starts next");
        if (parsed.GetValue(NoWait)) return Told(parsed, terminal, manifest, "pending", $"version {manifest.Version} is being tried: `appliance update status` says what becomes of it");
        return await WaitAsync(parsed, terminal, slots, manifest, cancellation);
    }

    // The decision is not made here: this only looks on, and may be stopped at any time.
    private static async Task<int> WaitAsync(ParseResult parsed, Terminal terminal, SlotFolder slots, UpdateManifest manifest, CancellationToken cancellation)
    {
        terminal.Note($"version {manifest.Version} is started, and has to prove itself");
        var since = TimeProvider.System.GetTimestamp();
        while (slots.IsPending)
        {
            if (TimeProvider.System.GetElapsedTime(since) > LongestTrial) throw new UpdateException("Nobody has decided yet: `systemctl status appliance appliance-commit` may say why.");
            await Task.Delay(LookAgain, cancellation);
        }
        var report = UpdateReport.Of(slots);
        var code = Told(parsed, terminal, manifest, report.Outcome, report.LastLine);
        return slots.Outcome == TryOutcome.Committed ? code : ExitCode.Error;
    }

    // Root's files in the service's home would be nobody's there: its own user installs them.
    private static async Task<bool> ContentAsync(ParseResult parsed, UpdateSource source, UpdateManifest manifest, string home, TerminalProgress progress, CancellationToken cancellation)
    {
        if (!Environment.IsPrivilegedProcess || home != UpdateHome.OfService)
        {
            await new BundleContent(home, source, progress, progress.Note).InstallAsync(manifest, cancellation);
            return true;
        }
        var path = Path.GetFullPath(parsed.GetValue<string>("path")!);
        using var process = Process.Start(new ProcessStartInfo("setpriv", ["--reuid", ServiceUser, "--regid", ServiceUser, "--init-groups", Environment.ProcessPath!, "update", "from", path, "--content-only", .. parsed.GetValue(Again) ? (string[])["--again"] : []])
        {
            Environment = { ["APPLIANCE_HOME"] = home, [SlotStart.Variable] = SlotStart.Off, [SlotFolder.Variable] = SlotFolder.OfMachine },
        })!;
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == ExitCode.Ok;
    }

    private static int Told(ParseResult parsed, Terminal terminal, UpdateManifest manifest, string outcome, string sentence)
    {
        if (parsed.GetValue(Json)) Print(terminal, to => to.Add("version", manifest.Version).Add("release", manifest.Release).Add("outcome", outcome).Add("what", sentence));
        else terminal.WriteLine(sentence);
        return ExitCode.Ok;
    }
}
