using Models.Providers;
using Runtime.Hardware.Board;
using Runtime.Tests.Hardware.Board;
using Runtime.Tools.Device;
using Runtime.Tools.Images;
using Runtime.Tools.Policy;

namespace Runtime.Tests.Tools.Device;

public sealed class CameraToolTests
{
    private static readonly CameraSettings Door = BoardBench.Camera("front-door") with { Size = (16, 16) };

    [Fact]
    public async Task Camera_OfTheOnlyOne_WritesAPictureIntoTheWorkspace()
    {
        using var board = new BoardBench(new HardwareSettings { Cameras = [Door] });
        using var bench = new ToolBench(more: [new CameraTool(board.Board), new ImageTool(_ => throw new NotSupportedException())]);

        var said = await bench.OkAsync("camera", "{}");

        var picture = await File.ReadAllBytesAsync(Path.Combine(bench.Workspace, "pictures", "front-door.jpg"));
        Assert.Equal($"pictures/front-door.jpg is a picture of front-door, taken now ({picture.Length} bytes). The tool image looks at it.", said);
        Assert.Equal("image/jpeg", PictureKind.Of(picture));
        Assert.False((await bench.CallAsync("camera", """{"name":"Front door","path":"then.JPG"}""")).IsData);
        Assert.Equal(picture, await File.ReadAllBytesAsync(Path.Combine(bench.Workspace, "then.JPG")));
    }

    [Fact]
    public async Task Camera_WhosePictureCannotBeKept_TakesNone()
    {
        using var board = new BoardBench(new HardwareSettings { Cameras = [Door] });
        using var bench = new ToolBench(more: new CameraTool(board.Board));

        Assert.Equal("SOUL.md is no name for a picture; it ends in .jpg.", await bench.ErrorAsync("camera", """{"path":"SOUL.md"}"""));
        Assert.Contains("outside the workspace", await bench.ErrorAsync("camera", """{"path":"../../out.jpg"}"""), StringComparison.Ordinal);
        Assert.Equal("There is no camera cellar. There are: front-door.", await bench.ErrorAsync("camera", """{"name":"cellar"}"""));
        Assert.Equal(["refused cellar"], board.Events);
    }

    [Fact]
    public async Task Camera_ForSomebodyWhoIsNotNamed_IsNotThere()
    {
        using var board = new BoardBench(new HardwareSettings { Cameras = [Door] });
        using var bench = new ToolBench(more: new CameraTool(board.Board)) { PersonRules = ToolRules.Assistant };
        bench.Context = bench.Context with { Person = "anna" };

        Assert.Equal("No camera is set up here.", await bench.ErrorAsync("camera", "{}"));
        Assert.False(Directory.Exists(Path.Combine(bench.Workspace, "pictures")));
    }

    [Fact]
    public async Task Camera_ThatAsks_IsNotUsedWithoutAPerson()
    {
        using var board = new BoardBench(new HardwareSettings { Cameras = [Door with { Asks = true }] });
        using var bench = new ToolBench(more: new CameraTool(board.Board));
        bench.Context = bench.Context with { Said = "take a picture of the front door" };

        Assert.StartsWith("Not approved", await bench.ErrorAsync("camera", "{}"), StringComparison.Ordinal);
        Assert.Empty(board.Events);
    }

    [Theory]
    [InlineData("what is at the front door?", true)]
    [InlineData("what does the page say", false)]
    public async Task Camera_AfterForeignTextWasRead_IsUsedWithoutAQuestionWhereThePersonSaidIt(string said, bool isDone)
    {
        using var board = new BoardBench(new HardwareSettings { Cameras = [Door] });
        using var bench = new ToolBench(more: new CameraTool(board.Board));
        bench.Context = bench.Context with { Said = said, IsTainted = true };

        var result = await bench.CallAsync("camera", """{"name":"front-door"}""");

        Assert.Equal(isDone, !result.IsError);
        Assert.Equal(isDone ? 1 : 0, board.Events.Count);
    }
}
