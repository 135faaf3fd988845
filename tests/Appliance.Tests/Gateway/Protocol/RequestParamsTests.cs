using System.Text.Json;
using Appliance.Gateway.Protocol;

namespace Appliance.Tests.Gateway.Protocol;

public sealed class RequestParamsTests
{
    [Theory]
    [InlineData("""{}""", "invalid m params: must have required property 'key'")]
    [InlineData("""{"key":null}""", "invalid m params: must have required property 'key'")]
    [InlineData("""{"key":""}""", "invalid m params: at /key: must not have fewer than 1 characters")]
    [InlineData("""{"key":5}""", "invalid m params: at /key: must be string")]
    [InlineData("""{"key":"123456789"}""", "invalid m params: at /key: must not have more than 8 characters")]
    public void Text_Wrong_SaysWhat(string json, string message) =>
        Assert.Equal(message, Assert.Throws<GatewayException>(() => Of(json).Text("key", 8)).Message);

    [Theory]
    [InlineData("""{"n":5}""", 5)]
    [InlineData("""{"n":5.0}""", 5)]
    [InlineData("""{"n":5e0}""", 5)]
    [InlineData("""{}""", null)]
    public void OptionalNumber_WholeNumbers_AreTaken(string json, int? number) => Assert.Equal(number, (int?)Of(json).OptionalNumber("n", 1, 10));

    [Theory]
    [InlineData("""{"n":0}""")]
    [InlineData("""{"n":11}""")]
    [InlineData("""{"n":5.5}""")]
    [InlineData("""{"n":"5"}""")]
    [InlineData("""{"n":1e300}""")]
    [InlineData("""{"n":99999999999999999999999999}""")]
    public void OptionalNumber_Wrong_IsRefused(string json) => Assert.Throws<GatewayException>(() => Of(json).OptionalNumber("n", 1, 10));

    [Fact]
    public void Of_UnknownFields_AreReadOver() => Assert.Equal("a", Of("""{"key":"a","later":{"deep":[{}]}}""").Text("key"));

    [Theory]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("\"text\"")]
    public void Of_NoObject_IsRefused(string json) => Assert.Throws<GatewayException>(() => Of(json));

    private static RequestParams Of(string json) => RequestParams.Of(new RequestFrame("1", "m", JsonElement.Parse(json)));
}
