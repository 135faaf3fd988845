using Runtime.Questions;
using Runtime.Tools;
using Runtime.Tools.Questions;
using TestKit;

namespace Runtime.Tests.Tools.Questions;

/// <summary>A turn asks its owner: answered, called off, expired, aborted, nobody there.</summary>
public sealed class AskToolTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly QuestionBook _book;
    private readonly ToolBench _bench;
    private readonly TaskCompletionSource<Question> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AskToolTests()
    {
        _book = new QuestionBook(_time) { IsAnybodyThere = () => true };
        _book.Requested += question => _asked.TrySetResult(question);
        _bench = new ToolBench(null, null, new AskTool(_book));
    }

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Ask_Answered_GivesTheAnswerAsThePersonsOwnWord()
    {
        var call = _bench.CallAsync("ask", """{"question":"Which one?\u202e","options":["red","blue","red"]}""");
        var question = await _asked.Task;
        var item = Assert.Single(question.Items);
        Assert.Equal(("Which one?", 2, true), (item.Text, item.Options.Count, item.IsOther));
        Assert.Equal(("main", "agent:main:main", "r"), (question.From.Agent, question.From.Session, question.From.Run));
        _book.Resolve(question.Id, new Dictionary<string, IReadOnlyList<string>> { [item.Id] = ["the green one"] }, "owner");
        var result = await call;
        Assert.Equal(("the green one", false, false), (result.Text, result.IsError, result.IsData));
        Assert.Empty(_book.Pending);
    }

    [Fact]
    public async Task Ask_CalledOff_SaysSo()
    {
        var call = _bench.CallAsync("ask", """{"question":"May I?"}""");
        _book.Resolve((await _asked.Task).Id, null, "owner");
        Assert.Contains("does not want to answer", (await call).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_ThatNobodyAnswers_ExpiresAndTheTurnGoesOn()
    {
        var call = _bench.CallAsync("ask", """{"question":"Anybody?"}""");
        var question = await _asked.Task;
        _time.Advance(AskTool.Lifetime);
        Assert.Contains("in time", (await call).Text, StringComparison.Ordinal);
        Assert.Equal(QuestionStatus.Expired, _book.Find(question.Id)!.Status);
    }

    [Fact]
    public async Task Ask_InATurnThatIsStopped_IsWithdrawn()
    {
        using var stop = new CancellationTokenSource();
        var ended = new TaskCompletionSource<Question>();
        _book.Resolved += question => ended.TrySetResult(question);
        var call = _bench.Runner.CallAsync("ask", ToolArguments.Parse("""{"question":"Well?"}"""), _bench.Context, stop.Token);
        await _asked.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(QuestionStatus.Cancelled, (await ended.Task).Status);
    }

    [Fact]
    public async Task Ask_WithNobodyThere_IsToldAtOnce()
    {
        _book.IsAnybodyThere = () => false;
        Assert.Contains("Nobody is there", await _bench.ErrorAsync("ask", """{"question":"Hello?"}"""), StringComparison.Ordinal);
        Assert.Empty(_book.Pending);
        Assert.Contains("must be an array of texts", await _bench.ErrorAsync("ask", """{"question":"Hello?","options":7}"""), StringComparison.Ordinal);
    }
}
