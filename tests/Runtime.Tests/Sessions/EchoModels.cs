using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;
using Models.Embedding;
using Models.Generation;
using Models.Store;

namespace Runtime.Tests.Sessions;

/// <summary>A model host whose one model says what a test tells it to, and remembers what it was told.</summary>
internal sealed partial class EchoModels(string home) : IModelHost, IChatClient
{
    /// <summary>The conversations it was asked to go on with.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>The pieces of an answer.</summary>
    public Func<IReadOnlyList<ChatMessage>, CancellationToken, IAsyncEnumerable<string>> Answer { get; set; } = (messages, _) => Say($"re: {messages[^1].Text}");

    public ModelStore Store { get; } = new(home);

    public GenerationTotals Totals { get; } = new();

    public EncoderHost Encoders => throw new NotSupportedException();

    public IReadOnlyList<LoadedModel> Loaded => [];

    public static async IAsyncEnumerable<string> Say(params string[] pieces)
    {
        foreach (var piece in pieces)
        {
            await Task.Yield();
            yield return piece;
        }
    }

    public Task<ILanguageModel> LoadAsync(string? name, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task<IChatClient> GetChatClientAsync(string? name, CancellationToken cancellation = default) => Task.FromResult<IChatClient>(this);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // What every prompt begins with, and the time, are none of these tests' business.
        var told = messages.Where(m => m.Role != ChatRole.System).Select(m => new ChatMessage(m.Role, Stamp().Replace(m.Text, ""))).ToArray();
        lock (Asked) Asked.Add(string.Join(" | ", told.Select(m => $"{m.Role}: {m.Text}")));
        await foreach (var piece in Answer(told, cancellationToken)) yield return new ChatResponseUpdate(ChatRole.Assistant, piece);
        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new() { InputTokenCount = 3, OutputTokenCount = 4 })]) { FinishReason = ChatFinishReason.Stop };
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    [GeneratedRegex(@"^\[\w{3} \d{4}-\d\d-\d\d \d\d:\d\d\] ")]
    private static partial Regex Stamp();

    public bool HasLoaded(string name) => false;

    public void SetKeepAlive(string name, TimeSpan time) { }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() { }
}
