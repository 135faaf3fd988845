using System.Text.Json;
using Microsoft.Extensions.AI;
using Models.Egress;
using Models.Generation;
using Models.Providers;

namespace Appliance.Tests.Http;

/// <summary>Our clients of models elsewhere against our own servers of the same wires: one box that asks another.</summary>
public sealed class ProviderRoundTripTests : IAsyncLifetime
{
    private static readonly AITool Now = AIFunctionFactory.CreateDeclaration("now", "The time.", JsonElement.Parse("""{"type":"object","properties":{"zone":{"type":"string"}}}"""));

    private readonly EgressDoor _door = new(new EgressPolicy());
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        _door.Dispose();
    }

    public static TheoryData<ProviderWire, string> Wires => new() { { ProviderWire.OpenAi, "v1" }, { ProviderWire.Anthropic, "v1" }, { ProviderWire.Ollama, "" } };

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Ask_AnotherBox_GivesItsWordsAndItsTokens(ProviderWire wire, string path)
    {
        var answer = await Client(wire, path).GetResponseAsync([new(ChatRole.User, "Hi")], new() { MaxOutputTokens = 100 });
        Assert.Equal("Hello from the box.", answer.Text);
        Assert.Equal((ChatFinishReason.Stop, 5L), (answer.FinishReason, answer.Usage!.OutputTokenCount));
        Assert.True(answer.Usage.InputTokenCount > 0);
        Assert.Equal(100, Assert.Single(_host.Tiny.Calls).Options.MaxTokens);
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Ask_WithTools_CallsAndResultsComeThrough(ProviderWire wire, string path)
    {
        var script = new ScriptedChatClient(ChatFinishReason.ToolCalls, new TextContent("Let me see."), ScriptedChatClient.Call("c1", "now", """{"zone":"Zürich"}"""));
        _host.ChatClient = script;
        ChatMessage[] messages =
        [
            new(ChatRole.System, "Be short."), new(ChatRole.User, "Hi"),
            new(ChatRole.Assistant, [new FunctionCallContent("c0", "now", new Dictionary<string, object?> { ["zone"] = "CET" })]),
            new(ChatRole.Tool, [new FunctionResultContent("c0", "noon")]),
        ];
        var answer = await Client(wire, path).GetResponseAsync(messages, new() { Tools = [Now], MaxOutputTokens = 50 });

        var call = Assert.Single(answer.Messages[0].Contents.OfType<FunctionCallContent>());
        Assert.Equal(("Let me see.", "now", "Zürich", ChatFinishReason.ToolCalls), (answer.Text, call.Name, call.Arguments!["zone"]!.ToString(), answer.FinishReason));
        Assert.Equal("Be short.", script.Messages.First(m => m.Role == ChatRole.System).Text);
        Assert.Equal("CET", script.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().Single().Arguments!["zone"]!.ToString());
        Assert.Equal("noon", $"{script.Messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Single().Result}");
        Assert.Equal("now", Assert.Single(script.Options!.Tools!).Name);
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Ask_ItHasTooMuchToDo_SaysWhen(ProviderWire wire, string path)
    {
        _host.ChatClient = new ScriptedChatClient(ChatFinishReason.Stop) { Fault = new GenerationException("busy") { RetryAfter = TimeSpan.FromSeconds(7) } };
        var error = await Assert.ThrowsAsync<ProviderException>(() => Client(wire, path).GetResponseAsync([new(ChatRole.User, "Hi")], new() { MaxOutputTokens = 50 }));
        Assert.True(error.Fault is UpstreamFault.Overloaded or UpstreamFault.RateLimited);
        Assert.Equal(TimeSpan.FromSeconds(7), error.RetryAfter);
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Ask_MoreThanItTakes_IsTooLong(ProviderWire wire, string path)
    {
        var error = await Assert.ThrowsAsync<ProviderException>(() => Client(wire, path).GetResponseAsync([new(ChatRole.User, new string('a', 9000))], new() { MaxOutputTokens = 50 }));
        Assert.Equal(UpstreamFault.ContextExceeded, error.Fault);
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Ask_NobodyWantsItAnyMore_TheOtherBoxStops(ProviderWire wire, string path)
    {
        _host.Tiny.Answer = cancellation => ScriptedModel.SayAndHang("Well", cancellation);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in Client(wire, path).GetStreamingResponseAsync([new(ChatRole.User, "Hi")], new() { MaxOutputTokens = 50 }, stop.Token)) stop.Cancel();
        });
        await _host.Tiny.Cancelled.Task;
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Ask_AModelItDoesNotHave_IsDenied(ProviderWire wire, string path)
    {
        using var client = new ProviderChatClient(wire, new Upstream("cloud", new Uri(_host.Address, path), "nothing", 4096), new KeyRing([], TimeProvider.System), _door);
        var error = await Assert.ThrowsAsync<ProviderException>(() => client.GetResponseAsync([new(ChatRole.User, "Hi")], new() { MaxOutputTokens = 50 }));
        Assert.Equal(UpstreamFault.Denied, error.Fault);
    }

    private ProviderChatClient Client(ProviderWire wire, string path) => new(wire, new Upstream("cloud", new Uri(_host.Address, path), TestHost.Model, 4096), new KeyRing([], TimeProvider.System), _door);
}
