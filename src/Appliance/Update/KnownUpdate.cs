using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Protocol;
using Appliance.Hosting;
using Appliance.Update.Manifests;
using Appliance.Update.Slots;

namespace Appliance.Update;

/// <summary>The newest release that a look found, for who asks later without looking again.</summary>
internal sealed record KnownUpdate(string Version, long Release, string Channel) : IPayload
{
    /// <summary>The one that was found last, or null.</summary>
    public static KnownUpdate? Read(SlotFolder slots)
    {
        try
        {
            var json = JsonElement.Parse(File.ReadAllText(PathIn(slots)));
            return json.Text("latestVersion") is { } version && json.Text("channel") is { } channel && json.Number("release") is { } release ? new(version, release, channel) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps one, where this user may.</summary>
    public static void Keep(SlotFolder slots, UpdateManifest manifest)
    {
        try
        {
            if (!Directory.Exists(slots.Path)) return;
            new SlotDisk().Write(PathIn(slots), FrameWriter.Object(to => to.Add("latestVersion", manifest.Version).Add("release", manifest.Release).Add("channel", manifest.Channel)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    /// <inheritdoc/>
    public void Write(PayloadWriter to) => to.Add("currentVersion", ProductVersion.Text).Add("latestVersion", Version).Add("channel", Channel);

    private static string PathIn(SlotFolder slots) => Path.Combine(slots.Path, "known.json");
}
