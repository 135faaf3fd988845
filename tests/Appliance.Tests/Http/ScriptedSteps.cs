using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Appliance.Tests.Http;

/// <summary>A chat client that gives one answer after the other, and remembers what it was asked each time.</summary>
internal sealed class ScriptedSteps(params AIContent[][] answers) : IChatClient
{
    private int _step;

    /// <summary>What it was told and with which options, once for each answer.</summary>
    public ConcurrentQueue<(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options)> Asked { get; } = [];

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Asked.Enqueue(([.. messages], options));
        foreach (var content in answers[_step++])
        {
            await Task.Yield();
            yield return new ChatResponseUpdate(ChatRole.Assistant, [content]);
        }
        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new() { InputTokenCount = 3, OutputTokenCount = 7 })]);
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() { }
}
