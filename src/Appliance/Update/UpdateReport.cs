using System.Globalization;
using Appliance.Gateway.Protocol;
using Appliance.Hosting;
using Appliance.Update.Manifests;
using Appliance.Update.Slots;

namespace Appliance.Update;

/// <summary>How it stands with this box's versions, as commands and doctor tell it.</summary>
internal sealed record UpdateReport(SlotFolder Slots, UpdateSettings Settings) : IPayload
{
    /// <summary>Looks.</summary>
    /// <exception cref="UpdateException">The settings cannot be read.</exception>
    public static UpdateReport Of(SlotFolder slots) => new(slots, UpdateSettings.Read(slots));

    /// <summary>The version that starts.</summary>
    public string Version => Slots.ProgramOf(Slots.Current)?.Version ?? ProductVersion.Text;

    /// <summary>The outcome's name, as JSON has it.</summary>
    public string Outcome => Slots.Outcome switch { TryOutcome.Pending => "pending", TryOutcome.Committed => "committed", TryOutcome.WentBack => "rolled-back", _ => "none" };

    /// <summary>What became of the last update, in a sentence.</summary>
    public string LastLine => (Slots.Outcome, Slots.Last) switch
    {
        (TryOutcome.Pending, _) => $"version {Slots.ProgramOf(Slots.Current)?.Version} is being tried: it may be started {Slots.TriesLeft} more times before it goes back",
        (TryOutcome.Committed, { } last) => $"version {last.Program.Version} of {At(last)} proved itself",
        (TryOutcome.WentBack, { } last) => $"version {last.Program.Version} of {At(last)} went back: {last.Why}",
        _ => "none",
    };

    /// <inheritdoc/>
    public void Write(PayloadWriter to) => to
        .Add("version", Version).Add("release", Slots.ProgramOf(Slots.Current)?.Release).Add("slot", Slots.Current).Add("good", Slots.Good).Add("outcome", Outcome)
        .Add("tries_left", Slots.IsPending ? Slots.TriesLeft : null).Add("last", Slots.Last).Add("channel", Settings.Channel).Add("url", Settings.Place)
        .Add("keys", [.. Settings.TrustedKeys.Select(key => ManifestReader.IdOf(key))]);

    /// <summary>The same in lines.</summary>
    public IEnumerable<(string Label, string Text)> Lines()
    {
        var release = Slots.ProgramOf(Slots.Current)?.Release ?? 0;
        yield return ("version", $"{Version}{(release > 0 ? string.Create(CultureInfo.InvariantCulture, $", release {release}") : "")}, {(Slots.Current == SlotFolder.Installed ? "as it was installed" : $"in slot {Slots.Current} of {Slots.Path}")}");
        yield return ("last", LastLine);
        yield return ("channel", Settings.Channel);
        yield return ("from", Settings.Place ?? "nowhere yet: `appliance update channel --url ADDRESS` says where");
        yield return ("keys", Settings.TrustedKeys.Count == 0 ? "none, so that no update is taken: `appliance update trust FILE` adds one" : string.Join(", ", Settings.TrustedKeys.Select(key => ManifestReader.IdOf(key))));
    }

    private static string At(LastTry last) => last.At.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";
}
