using Runtime.Agents;
using Runtime.Messages;
using Runtime.Sessions;
using Runtime.Tools;
using Runtime.Tools.Messages;
using Runtime.Tools.Policy;
using TestKit;

namespace Runtime.Tests.Tools.Messages;

public sealed class MessageToolTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly MessageDelivery _messages = new(TimeProvider.System);
    private readonly List<string> _heard = [];
    private readonly ToolRunner _tools;
    private readonly SessionStore _sessions;
    private ToolContext _context;

    public MessageToolTests()
    {
        var agents = new AgentBook(_home.Path, [], TimeProvider.System);
        _tools = new ToolRunner(new ToolTable([new MessageTool(agents, _messages)]), agents.Policy(people: _ => ToolRules.Assistant));
        _sessions = agents.Default.Sessions;
        _messages.Delivered += (session, message) => _heard.Add($"{session.Key}: {message.Text}");
        foreach (var key in (string[])["agent:main:main", "agent:main:kitchen", "agent:main:direct:ada", "agent:main:direct:ada:work", "agent:main:direct:bob"]) _sessions.GetOrCreate(key);
        _context = new ToolContext { Agent = "main", SessionKey = "agent:main:kitchen", RunId = "r", CallId = "c", Files = agents.Default.Files };
    }

    [Theory]
    [InlineData(null, "agent:main:main")]
    [InlineData("main", "agent:main:main")]
    [InlineData("webchat:agent:main:main", "agent:main:main")]
    [InlineData("ada", "agent:main:direct:ada")]
    [InlineData("direct:ada:work", "agent:main:direct:ada:work")]
    public async Task Send_FromTheOwner_ReachesWhoIsMeant_Once(string? to, string key)
    {
        var arguments = to is null ? """{"text":"hi"}""" : $$"""{"to":"{{to}}","text":"hi"}""";
        Assert.False((await SendAsync(arguments)).IsError);
        Assert.False((await SendAsync(arguments)).IsError);
        var said = Assert.Single(_sessions.Find(key)!.Read());
        Assert.Equal(("hi", SessionMessage.Assistant, false), (said.Text, said.Role, said.IsData));
        Assert.Equal([$"{key}: hi"], _heard);
    }

    [Theory]
    [InlineData("agent:main:main")]
    [InlineData("kitchen")]
    [InlineData("bob")]
    [InlineData("direct:bob")]
    [InlineData("telegram:123")]
    [InlineData("agent:other:main")]
    [InlineData("../../x")]
    public async Task Send_FromAPerson_ReachesTheirOwnAlone(string to)
    {
        _context = _context with { Person = "ada", SessionKey = "agent:main:direct:ada:work" };
        Assert.Contains("There is no conversation", (await SendAsync($$"""{"to":"{{to}}","text":"hi"}""")).Text, StringComparison.Ordinal);
        Assert.False((await SendAsync("""{"text":"to myself"}""")).IsError);
        Assert.Equal(["agent:main:direct:ada: to myself"], _heard);
    }

    [Fact]
    public async Task Send_OfWhatMayBeForeign_IsAskedAbout_AndTaintsWhereItGoes()
    {
        _context = _context with { IsTainted = true };
        Assert.True((await SendAsync("""{"text":"hi"}""")).IsRefused);
        Assert.Empty(_heard);
        _messages.Deliver(_sessions.Find("agent:main:main")!, "from elsewhere", "k", isData: true);
        Assert.True(_sessions.Find("agent:main:main")!.IsTainted);
        _context = _context with { IsTainted = false, SessionKey = "agent:main:main" };
        Assert.Contains("this conversation", (await SendAsync("""{"text":"hi"}""")).Text, StringComparison.Ordinal);
    }

    public void Dispose() => _home.Dispose();

    private Task<ToolResult> SendAsync(string arguments) => _tools.CallAsync("message", ToolArguments.Parse(arguments), _context, default);
}
