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
using TestKit;

namespace Runtime.Tests.Agents.Turns;

/// <summary>Turns over real files and a real model with random weights: what it says is noise, what it calls is asked of it by a grammar. It can be restarted.</summary>
internal sealed class RandomBench : IDisposable
{
    // Hermes' form of tool calls, as Qwen's templates have it.
    private const string Template = """
        {%- for m in messages %}{{ '<|im_start|>' + m.role + '\n' + (m.content or '') }}
        {%- if m.tool_calls %}{%- for c in m.tool_calls %}{{ '<tool_call>\n' + (c.function | tojson) + '\n</tool_call>' }}{%- endfor %}{%- endif %}{{ '<|im_end|>\n' }}{%- endfor %}
        {%- if tools %}{{ '<tools>' + (tools | tojson) + '</tools> answer in <tool_call></tool_call>: {"name": ..., "arguments": ...}' }}{%- endif %}
        {{- '<|im_start|>assistant\n' }}
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly LocalLanguageModel _model;
    private readonly AgentSettings _settings;
    private readonly Func<RandomBench, IEnumerable<Tool>> _tools;
    private readonly IToolApprover? _approver;

    public RandomBench(AgentSettings settings, Func<RandomBench, IEnumerable<Tool>> tools, IToolApprover? approver = null, int window = 16_384)
    {
        (_settings, _tools, _approver) = (settings, tools, approver);
        new GgufModel { Architecture = "qwen2", ContextLength = window, Seed = 5 }.Save(_folder["random.gguf"]);
        Directory.CreateDirectory(_folder["model"]);
        ModelImporter.Import(_folder["random.gguf"], _folder["model"], new ImportOptions { Quantization = Quantization.None }, CancellationToken.None);
        File.WriteAllText(Path.Combine(_folder["model"], "chat_template.jinja"), Template);
        _model = new LocalLanguageModel("random", _folder["model"], new EngineOptions());
        Models = new Forced(new LocalChatClient(_model), _folder.Path);
        Restart();
    }

    public Forced Models { get; }

    public AgentBook Agents { get; private set; } = null!;

    public TurnRunner Turns { get; private set; } = null!;

    public Session Main => Agents.Default.Sessions.GetOrCreate(SessionKey.Main);

    public async Task<TurnResult> AskAsync(string text) => await Turns.Start(Main, Guid.NewGuid().ToString(), text)!.Result;

    /// <summary>As after a restart: nothing but what is on the disk.</summary>
    public void Restart()
    {
        Agents = new AgentBook(_folder["home"], [_settings], TimeProvider.System);
        Turns = new TurnRunner(new TurnServices(Models, Agents, new ToolRunner(new ToolTable(_tools(this)), Agents.Policy(), _approver), null, TimeProvider.System));
    }

    public void Dispose()
    {
        Turns.Dispose();
        Models.Dispose();
        _model.Dispose();
        _folder.Dispose();
    }

    /// <summary>Asks for a call, or for none, as a test has it: random weights neither call nor end a turn by themselves.</summary>
    internal sealed class Forced(IChatClient inner, string home) : IModelHost, IChatClient
    {
        private int _asked;

        /// <summary>What is asked for, by the number of the question and what is told: a tool's name, "" for any, null for words alone.</summary>
        public Func<int, IReadOnlyList<ChatMessage>, string?> Call { get; set; } = (_, _) => null;

        /// <summary>Most tokens of an answer in words.</summary>
        public int MostTokens { get; set; } = 20;

        /// <summary>What was told, each time.</summary>
        public List<IReadOnlyList<ChatMessage>> Asked { get; } = [];

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
            var told = messages.ToList();
            lock (Asked) Asked.Add(told);
            var call = options?.Tools is null ? null : Call(_asked, told);
            options = options?.Clone() ?? new ChatOptions();
            (options.Temperature, options.Seed, options.MaxOutputTokens) = (1, _asked++, call is null ? MostTokens : 400);
            options.AllowMultipleToolCalls = false;
            options.ToolMode = call switch { null => ChatToolMode.None, "" => ChatToolMode.RequireAny, _ => ChatToolMode.RequireSpecific(call) };
            await foreach (var update in inner.GetStreamingResponseAsync(told, options, cancellationToken)) yield return update;
        }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => inner.GetService(serviceType, serviceKey);

        public void Dispose() => inner.Dispose();
    }
}
