using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;

namespace Appliance.Config.Sections;

/// <summary>An entry of <c>hardware.cameras</c>: a camera with a name, which agents may take pictures with. Immutable.</summary>
internal sealed record CameraConfig(
    [property: Setting("Where it is: video:video0.")]
    string At,
    [property: Setting("People beside the owner who may, by their ids; * is everybody. The owner alone by default.")]
    IReadOnlyList<string>? Who = null,
    [property: Setting("Whether a person is asked each time before an agent takes a picture.")]
    bool Ask = false,
    [property: Setting("What it sees, for agents and people: front door.")]
    string? About = null,
    [property: Setting("Pixels, as 1280x720; the camera takes what it can that is nearest.")]
    string Size = "1280x720")
{
    /// <summary>What is wrong with it, setting by setting.</summary>
    public IEnumerable<(string Setting, string Fault)> Faults()
    {
        if (DeviceAddress.Read(At, DeviceKind.Camera, out var fault) is null) yield return ("at", fault!);
        if (!CameraSettings.TryParseSize(Size, out _)) yield return ("size", "is no width and height in pixels, such as 1280x720");
    }

    /// <summary>As the agent's room takes it.</summary>
    public CameraSettings ToSettings(string name) => new(name, DeviceAddress.Read(At, DeviceKind.Camera, out _)!)
    {
        Who = Who ?? [],
        Asks = Ask,
        About = About,
        Size = CameraSettings.TryParseSize(Size, out var size) ? size : (1280, 720),
    };
}
