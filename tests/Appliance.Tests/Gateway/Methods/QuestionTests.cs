using System.Text.Json.Nodes;
using TestKit;

namespace Appliance.Tests.Gateway.Methods;

public sealed class QuestionTests : GatewayTest
{
    [Fact]
    public async Task Question_IsAskedHeardAnsweredAndWaitedFor()
    {
        await using var asker = await GatewayClient.ConnectAsync(Host.Address, Host.Token, ["operator.questions"]);
        var id = (await asker.AskAsync("question.request", Question("q1"))).GetProperty("id").GetString();
        Assert.Equal("pending", (await Owner.EventAsync("question.requested", q => q.GetProperty("id").GetString() == id)).GetProperty("status").GetString());
        Assert.Equal(id, Assert.Single((await Owner.AskAsync("question.list")).GetProperty("questions").EnumerateArray()).GetProperty("id").GetString());
        var waiting = asker.AskAsync("question.waitAnswer", new JsonObject { ["id"] = id, ["timeoutMs"] = 60_000 });

        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("question.resolve", Answer(id!, "Perhaps"))));
        Assert.Equal("answered", (await Owner.AskAsync("question.resolve", Answer(id!, "Yes"))).GetProperty("status").GetString());
        Assert.Equal("Yes", (await waiting).GetProperty("answers").GetProperty("answers").GetProperty("sure")[0].GetString());
        await asker.EventAsync("question.resolved", q => q.GetProperty("id").GetString() == id && q.GetProperty("status").GetString() == "answered");
        Assert.Equal("INVALID_REQUEST", Code(await Owner.RequestAsync("question.resolve", Answer(id!, "No"))));
        Assert.Equal("answered", (await Owner.AskAsync("question.get", new JsonObject { ["id"] = id })).GetProperty("question").GetProperty("status").GetString());
        Assert.Empty((await Owner.AskAsync("question.list")).GetProperty("questions").EnumerateArray());
    }

    [Fact]
    public async Task Question_CancelledOrExpired_SaysSo_AndAWaitThatIsOverIsPending()
    {
        await Owner.AskAsync("question.request", Question("a"));
        Assert.Equal("pending", (await Owner.AskAsync("question.waitAnswer", new JsonObject { ["id"] = "a", ["timeoutMs"] = 1 })).GetProperty("status").GetString());
        Assert.Equal("cancelled", (await Owner.AskAsync("question.resolve", new JsonObject { ["id"] = "a", ["cancel"] = true })).GetProperty("status").GetString());
        var brief = Question("b");
        brief["timeoutMs"] = 1;
        await Owner.AskAsync("question.request", brief);
        Assert.Equal("expired", (await Owner.AskAsync("question.waitAnswer", new JsonObject { ["id"] = "b", ["timeoutMs"] = 60_000 })).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Question_WithoutTheScope_IsNeitherSeenNorAnswered_AndSecretsAreNotAskedFor()
    {
        await using var reader = await GatewayClient.ConnectAsync(Host.Address, Host.Token, ["operator.read", "operator.write"]);
        foreach (var method in (string[])["question.list", "question.request", "question.resolve", "question.get", "question.waitAnswer"])
            Assert.Equal("FORBIDDEN", Code(await reader.RequestAsync(method, Question("x"))));
        var secret = Question("s");
        secret["questions"]![0]!["isSecret"] = true;
        Assert.Equal("UNAVAILABLE", Code(await Owner.RequestAsync("question.request", secret)));
    }

    [Fact]
    public async Task Questions_HaveABound()
    {
        for (var i = 0; i < 64; i++) await Owner.AskAsync("question.request", Question($"q{i}"));
        Assert.Equal("UNAVAILABLE", Code(await Owner.RequestAsync("question.request", Question("more"))));
        await Owner.AskAsync("question.resolve", new JsonObject { ["id"] = "q0", ["cancel"] = true });
        await Owner.AskAsync("question.request", Question("more"));
    }

    private static JsonObject Question(string id) => new()
    {
        ["id"] = id,
        ["questions"] = new JsonArray(new JsonObject
        {
            ["questionId"] = "sure",
            ["header"] = "Sure?",
            ["question"] = "Are you sure?",
            ["options"] = new JsonArray(new JsonObject { ["label"] = "Yes" }, new JsonObject { ["label"] = "No", ["description"] = "not at all" }),
        }),
    };

    private static JsonObject Answer(string id, string label) => new() { ["id"] = id, ["answers"] = new JsonObject { ["answers"] = new JsonObject { ["sure"] = new JsonArray(label) } } };
}
