using System.Text.Json;
using Appliance.Client;
using Appliance.Gateway.Protocol;
using Appliance.Update.Slots;

namespace Appliance.Update;

/// <summary>
/// Where updates come from and whose keys count. It lies beside the slots and not in the home's configuration: who may exchange the program is
/// who may write there, and the service itself is not (docs/security.md). Immutable.
/// </summary>
/// <param name="Channel"><c>stable</c> or <c>beta</c>.</param>
/// <param name="Url">Where releases are found; null for where this program's own was.</param>
/// <param name="Keys">Public keys that its owner added, 64 hexadecimal digits each.</param>
internal sealed record UpdateSettings(string Channel, string? Url, IReadOnlyList<string> Keys) : IPayload
{
    /// <summary>The file's name in the folder of the slots.</summary>
    public const string FileName = "settings.json";

    /// <summary>Where releases are found, or null.</summary>
    public string? Place => Url ?? PinnedRelease.Url;

    /// <summary>Every key that counts, 32 bytes each: the one that was built in and the owner's.</summary>
    public IReadOnlyList<byte[]> TrustedKeys => [.. Keys.Append(PinnedRelease.Key).Where(key => key is { Length: 64 } && key.All(char.IsAsciiHexDigit)).Select(key => Convert.FromHexString(key!))];

    /// <summary>True for a channel there is.</summary>
    public static bool IsChannel(string text) => text is "stable" or "beta";

    /// <summary>What is set; the defaults where nothing is.</summary>
    /// <exception cref="UpdateException">The file is there and cannot be read.</exception>
    public static UpdateSettings Read(SlotFolder slots)
    {
        var path = Path.Combine(slots.Path, FileName);
        try
        {
            if (!File.Exists(path)) return new("stable", null, []);
            var json = JsonElement.Parse(File.ReadAllText(path));
            return new(json.Text("channel") is { } channel && IsChannel(channel) ? channel : "stable", json.Text("url"), [.. json.Texts("keys")]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UpdateException($"Cannot read {path}: {e.Message} Correct it, or remove it and set channel and keys anew.", e);
        }
    }

    /// <summary>Keeps it.</summary>
    /// <exception cref="UpdateException">It cannot be written.</exception>
    public void Save(SlotFolder slots)
    {
        try { new SlotDisk().Write(Path.Combine(slots.EnsureFolder(), FileName), FrameWriter.Payload(this)); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UpdateException($"Cannot write to {slots.Path}: {e.Message} For the service of the machine, say it with sudo.", e);
        }
    }

    /// <inheritdoc/>
    public void Write(PayloadWriter to) => to.Add("channel", Channel).Add("url", Url).Add("keys", Keys);
}
