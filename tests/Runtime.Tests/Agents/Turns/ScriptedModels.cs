using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Models.Embedding;
using Models.Generation;
using Models.Store;

namespace Runtime.Tests.Agents.Turns;

/// <summary>A model host whose one model answers what a test's script says, tools and all, and remembers what it was told.</summary>
internal sealed class ScriptedModels(string home) : IModelHost, IChatClient
{
    private readonly List<(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options)> _asked = [];

    /// <summary>Every question: what was said, and how to answer.</summary>
    public IReadOnlyList<(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options)> Asked
    {
        get { lock (_asked) return [.. _asked]; }
    }

    /// <summary>Makes an answer from what it was told.</summary>
    public Func<IReadOnlyList<ChatMessage>, CancellationToken, IAsyncEnumerable<AIContent>> Answer { get; set; } = (_, _) => Say("fine");

    public ModelStore Store { get; } = new(home);

    public GenerationTotals Totals { get; } = new();

    public EncoderHost Encoders => throw new NotSupportedException();

    public IReadOnlyList<LoadedModel> Loaded => [];

    /// <summary>One answer after the other, by the number of the question.</summary>
    public void Script(Func<int, AIContent[]> answer)
    {
        var step = 0;
        Answer = (_, _) => Say(answer(Interlocked.Increment(ref step) - 1));
    }

    public static FunctionCallContent Call(string name, string arguments) =>
        new($"call_{Guid.NewGuid():N}", name, JsonElement.Parse(arguments).EnumerateObject().ToDictionary(p => p.Name, p => (object?)p.Value));

    public static IAsyncEnumerable<AIContent> Say(string text) => Say(new TextContent(text));

    public static async IAsyncEnumerable<AIContent> Say(params AIContent[] contents)
    {
        foreach (var content in contents)
        {
            await Task.Yield();
            yield return content;
        }
    }

    public static async IAsyncEnumerable<AIContent> SayAndHang(string text, [EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return new TextContent(text);
        await Task.Delay(Timeout.Infinite, cancellation);
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var told = messages.ToArray();
        lock (_asked) _asked.Add((told, options));
        var called = false;
        await foreach (var content in Answer(told, cancellationToken))
        {
            called |= content is FunctionCallContent;
            yield return new ChatResponseUpdate(ChatRole.Assistant, [content]);
        }
        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new() { InputTokenCount = 3, OutputTokenCount = 4 })])
        {
            FinishReason = called ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
        };
    }

    public Task<ILanguageModel> LoadAsync(string? name, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task<IChatClient> GetChatClientAsync(string? name, CancellationToken cancellation = default) => Task.FromResult<IChatClient>(this);

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public bool HasLoaded(string name) => false;

    public void SetKeepAlive(string name, TimeSpan time) { }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() { }
}
