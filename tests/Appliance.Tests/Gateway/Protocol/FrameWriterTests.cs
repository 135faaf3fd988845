using System.Text;
using System.Text.Json;
using Appliance.Gateway.Protocol;

namespace Appliance.Tests.Gateway.Protocol;

public sealed class FrameWriterTests
{
    [Fact]
    public void Ok_PutsThePayloadIn_AsItIs() =>
        Assert.Equal("""{"type":"res","id":"1:ä","ok":true,"payload":{"a":[1,null]}}""", Text(FrameWriter.Ok("1:ä", """{"a":[1,null]}"""u8.ToArray())));

    [Fact]
    public void Error_CarriesCodeMessageAndDetails_AndNoEmptyFields() => Assert.Equal(
        """{"type":"res","id":"1","ok":false,"error":{"code":"FORBIDDEN","message":"missing scope: operator.read","details":{"code":"MISSING_SCOPE","missingScope":"operator.read","requiredScopes":["operator.read"]}}}""",
        Text(FrameWriter.Error("1", GatewayException.MissingScope("operator.read"))));

    [Fact]
    public void Event_IsSharedAndNumberedForEachClient()
    {
        var frame = FrameWriter.Event("tick", FrameWriter.Payload(new Tick(5)), new StateVersion(1, 2));
        Assert.Equal("""{"type":"event","event":"tick","payload":{"ts":5},"stateVersion":{"presence":1,"health":2},"seq":7}""", Text(frame.Numbered(7)));
        Assert.Equal("""{"type":"event","event":"tick","payload":{"ts":5},"stateVersion":{"presence":1,"health":2}}""", Text(frame.Numbered(null)));
    }

    private static string Text(byte[] frame)
    {
        JsonElement.Parse(frame);
        return Encoding.UTF8.GetString(frame);
    }
}
