using System.Globalization;
using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Protocol;

namespace Appliance.Update.Slots;

/// <summary>The program in a slot, or the installed one.</summary>
/// <param name="Version">For people.</param>
/// <param name="Release">Its release's number; 0 where nobody knows.</param>
/// <param name="Sha256">Of its file, lower-case hexadecimal; empty where it was not looked at.</param>
internal sealed record SlotProgram(string Version, long Release, string Sha256) : IPayload
{
    /// <inheritdoc/>
    public void Write(PayloadWriter to) => to.Add("version", Version).Add("release", Release).Add("sha256", Sha256);

    /// <summary>What a slot's file says, or null.</summary>
    public static SlotProgram? From(JsonElement json) => json.Text("version") is { } version ? new(version, json.Number("release") ?? 0, json.Text("sha256") ?? "") : null;
}

/// <summary>The last try at another version.</summary>
/// <param name="Slot">Where that version is.</param>
/// <param name="From">The slot that was good then, to which it goes back.</param>
/// <param name="Program">Which version it is.</param>
/// <param name="At">When it began.</param>
/// <param name="Why">Why it went back; null where it did not.</param>
internal sealed record LastTry(string Slot, string From, SlotProgram Program, DateTimeOffset At, string? Why) : IPayload
{
    /// <inheritdoc/>
    public void Write(PayloadWriter to) => to
        .Add("slot", Slot).Add("from", From).Add("program", Program).Add("at", At.ToString("O", CultureInfo.InvariantCulture)).Add("why", Why);

    /// <summary>What is written down, or null.</summary>
    public static LastTry? Read(JsonElement json) => json.Text("slot") is { } slot && SlotProgram.From(json.Member("program")) is { } program
        && DateTimeOffset.TryParse(json.Text("at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
        ? new(slot, json.Text("from") ?? SlotFolder.Installed, program, at, json.Text("why")) : null;
}

/// <summary>What became of the last try.</summary>
internal enum TryOutcome
{
    /// <summary>There was none, or it broke off before anything was started.</summary>
    None,

    /// <summary>It has yet to prove itself.</summary>
    Pending,

    /// <summary>It proved itself.</summary>
    Committed,

    /// <summary>The version before it is back.</summary>
    WentBack,
}
