using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Models.Embedding;
using Models.Generation;
using Models.Import;
using Models.Store;
using Runtime.Agents;
using Runtime.Agents.Turns;
using Runtime.Sessions;
using Runtime.Tools;
using Runtime.Tools.Policy;
using TestKit;

namespace Runtime.Tests.Agents.Turns;

/// <summary>A turn by a real model with random weights, which knows nothing: that its calls can be run is the grammar's doing alone.</summary>
public sealed class RandomModelTests
{
    private const int Calls = 40;

    // Hermes' form of tool calls, as Qwen's templates have it.
    private const string Template = """
        {%- for m in messages %}{{ '<|im_start|>' + m.role + '\n' + (m.content or '') }}
        {%- if m.tool_calls %}{%- for c in m.tool_calls %}{{ '<tool_call>\n' + (c.function | tojson) + '\n</tool_call>' }}{%- endfor %}{%- endif %}{{ '<|im_end|>\n' }}{%- endfor %}
        {%- if tools %}{{ '<tools>' + (tools | tojson) + '</tools> answer in <tool_call></tool_call>: {"name": ..., "arguments": ...}' }}{%- endif %}
        {{- '<|im_start|>assistant\n' }}
        """;

    [Fact]
    public async Task Turn_FortyForcedCalls_AllParseAndRun()
    {
        using var folder = new TemporaryFolder();
        new GgufModel { Architecture = "qwen2", ContextLength = 16_384, Seed = 5 }.Save(folder["random.gguf"]);
        Directory.CreateDirectory(folder["model"]);
        ModelImporter.Import(folder["random.gguf"], folder["model"], new ImportOptions { Quantization = Quantization.None }, CancellationToken.None);
        File.WriteAllText(Path.Combine(folder["model"], "chat_template.jinja"), Template);
        using var model = new LocalLanguageModel("random", folder["model"], new EngineOptions());
        using var models = new Forced(new LocalChatClient(model), folder.Path);
        var lamp = new Lamp();
        var agents = new AgentBook(folder["home"], [new AgentSettings { Tools = new ToolRules { Allow = ["lamp"] }, MostSteps = Calls + 5 }], TimeProvider.System);
        using var turns = new TurnRunner(new TurnServices(models, agents, new ToolRunner(new ToolTable([lamp]), agents.Policy()), null, TimeProvider.System));

        var session = agents.Default.Sessions.GetOrCreate(SessionKey.Main);
        var result = await turns.Start(session, "r", "play with the lamp")!.Result;
        Assert.Equal((TurnStatus.Ok, Calls), (result.Status, lamp.Runs));
        var lines = session.Read();
        Assert.Equal(Calls, lines.Sum(m => m.ToolCalls.Count));
        Assert.All(lines.Where(m => m.Role == SessionMessage.Tool), line => Assert.False(line.IsError, line.Text));
    }

    private sealed class Lamp() : Tool("lamp", "Sets the lamp.", """
        {"type":"object","properties":{"level":{"type":"integer","minimum":0,"maximum":100},"colour":{"enum":["red","green","blue"]}},"required":["level","colour"],"additionalProperties":false}
        """)
    {
        public int Runs { get; private set; }

        public override ToolEffect Effect => ToolEffect.Writes;

        public override ToolProfile Profile => ToolProfile.Operator;

        public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
        {
            Runs++;
            Assert.InRange(arguments.OptionalNumber("level", int.MinValue, int.MaxValue)!.Value, 0, 100);
            Assert.Contains(arguments.Text("colour"), (string[])["red", "green", "blue"]);
            return Task.FromResult(new ToolResult($"set ({Runs})"));
        }
    }

    /// <summary>Asks for a call in each of the first answers, and for none afterwards: random weights never end a turn by themselves.</summary>
    private sealed class Forced(IChatClient inner, string home) : IModelHost, IChatClient
    {
        private int _asked;

        public ModelStore Store { get; } = new(home);

        public EncoderHost Encoders => throw new NotSupportedException();

        public IReadOnlyList<LoadedModel> Loaded => [];

        public GenerationTotals Totals { get; } = new();

        public bool HasLoaded(string name) => true;

        public Task<ILanguageModel> LoadAsync(string? name, CancellationToken cancellation = default) => throw new NotSupportedException();

        public Task<IChatClient> GetChatClientAsync(string? name, CancellationToken cancellation = default) => Task.FromResult<IChatClient>(this);

        public void SetKeepAlive(string name, TimeSpan time) { }

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            options = options!.Clone();
            (options.Temperature, options.Seed, options.MaxOutputTokens) = (1, _asked, _asked < Calls ? 400 : 20);
            options.AllowMultipleToolCalls = false;
            options.ToolMode = _asked++ < Calls ? ChatToolMode.RequireAny : ChatToolMode.None;
            await foreach (var update in inner.GetStreamingResponseAsync(messages, options, cancellationToken)) yield return update;
        }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => inner.GetService(serviceType, serviceKey);

        public void Dispose() => inner.Dispose();
    }
}
