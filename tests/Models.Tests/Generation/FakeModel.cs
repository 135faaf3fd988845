using System.Runtime.CompilerServices;
using Models.Budget;
using Models.Generation;
using Models.Tokens;

namespace Models.Tests.Generation;

/// <summary>An engine that only waits: a generation without a limit of tokens goes on until it is told to finish.</summary>
internal sealed class FakeModel(string name) : ILanguageModel, IMemoryUser
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name { get; } = name;

    public int ContextLength => 512;

    public Tokenizer Tokenizer => throw new NotSupportedException();

    public ChatTemplate? ChatTemplate => null;

    public bool IsDisposed { get; private set; }

    public Action OnDispose { get; set; } = () => { };

    public Action OnShed { get; set; } = () => { };

    public long KvBytes => RetainedBytes;

    public long RetainedBytes { get; set; }

    /// <summary>Ends when a generation has begun.</summary>
    public Task Started => _started.Task;

    public void Finish() => _finish.SetResult();

    public async IAsyncEnumerable<GenerationStep> GenerateAsync(
        ReadOnlyMemory<int> prompt, GenerationOptions options, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        _started.TrySetResult();
        if (options.MaxTokens is null) await _finish.Task;
        else await Task.Yield();
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        yield return new GenerationStep(1, "x", FinishReason.Stop);
    }

    public void ShedRetained(long bytes)
    {
        RetainedBytes = 0;
        OnShed();
    }

    public void LimitSequences(int most) { }

    public void LimitContext(int tokens) { }

    public void Dispose()
    {
        IsDisposed = true;
        OnDispose();
    }
}
