using System.Globalization;
using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Board;

/// <summary>A camera that has a name; <see cref="PinUse.Read"/> takes pictures. Immutable.</summary>
/// <param name="Name">As people and models call it.</param>
/// <param name="At">Where it is.</param>
public sealed record CameraSettings(string Name, DeviceAddress At) : DeviceSettings(Name, At)
{
    /// <summary>Most pixels of a side.</summary>
    private const int Most = 8192;

    /// <summary>Width and height in pixels; the camera takes what it can that is nearest.</summary>
    public (int Width, int Height) Size { get; init; } = (1280, 720);

    /// <summary>Reads a size as people write it: 1280x720.</summary>
    public static bool TryParseSize(string text, out (int Width, int Height) size)
    {
        size = default;
        if (text.Split('x') is not [var width, var height]) return false;
        var isSize = int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out size.Width) & int.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out size.Height);
        return isSize && size is { Width: > 0 and <= Most, Height: > 0 and <= Most };
    }
}
