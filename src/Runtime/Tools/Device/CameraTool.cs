using Runtime.Hardware.Board;
using Runtime.Hardware.Devices;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Device;

/// <summary>
/// Lets an agent take a picture with a camera that its owner named; it is a file of the workspace then, and the tool <c>image</c> has it looked
/// at. Where no camera is named nobody is told of the tool.
/// </summary>
/// <param name="board">The cameras.</param>
public sealed class CameraTool(HardwareBoard board) : Tool(
    "camera", "Take a picture with a camera of this box.",
    """{"type":"object","properties":{"name":{"type":"string"},"path":{"type":"string","description":"a .jpg file; pictures/NAME.jpg without it"}}}""")
{
    /// <inheritdoc/>
    public override ToolEffect Effect => ToolEffect.Outward;

    /// <inheritdoc/>
    public override ToolProfile Profile => ToolProfile.Assistant;

    /// <inheritdoc/>
    public override bool IsThere => board.Has(DeviceKind.Camera);

    // Where the picture is, and not what is on it.
    /// <inheritdoc/>
    public override bool ReturnsData => false;

    // It looks into a room: a picture that nobody here asked for is asked about where others may have.
    /// <inheritdoc/>
    public override ToolEffect EffectOf(ToolArguments arguments, ToolContext context)
    {
        var name = board.Camera(arguments.OptionalText("name"), context.Person).Name;
        if (board.Asks(DeviceKind.Camera, name)) return ToolEffect.Destructive;
        return SaidText.HoldsWords(context.Said, HardwareBoard.Plain(name)) ? ToolEffect.Writes : ToolEffect.Outward;
    }

    /// <inheritdoc/>
    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var camera = board.Camera(arguments.OptionalText("name"), context.Person);
        // The same file again and again, where nobody says another, so that what is taken every hour does not fill the disk.
        var path = arguments.OptionalText("path") is { Length: > 0 } asked ? asked : $"pictures/{camera.Name}.jpg";
        if (Path.GetExtension(path).ToLowerInvariant() is not (".jpg" or ".jpeg")) throw new ToolException($"{path} is no name for a picture; it ends in .jpg.");
        // Nobody is photographed for a file that cannot be.
        var shown = context.Files.Locate(path).Shown;
        var picture = board.Take(camera.Name, context.Person);
        context.Files.Write(path, picture);
        var look = context.Allowed.Any(tool => tool.Name == "image") ? " The tool image looks at it." : "";
        return Task.FromResult(new ToolResult($"{shown} is a picture of {camera.Name}, taken now ({picture.Length:N0} bytes).{look}"));
    }
}
