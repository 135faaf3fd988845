using Runtime.Context;
using Runtime.Questions;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Questions;

/// <summary>
/// Asks the owner and waits for the answer, for a few minutes. It goes to those who answer for the owner anyhow, so that nobody is asked whether
/// it may. Who stops the turn withdraws the question.
/// </summary>
/// <param name="questions">Where questions are.</param>
public sealed class AskTool(QuestionBook questions) : Tool(
    "ask", "Ask the owner and wait for the answer.",
    """{"type":"object","properties":{"question":{"type":"string"},"options":{"type":"array","items":{"type":"string"},"maxItems":4}},"required":["question"]}""")
{
    private const int LongestQuestion = 2000, LongestOption = 200, MostOptions = 4;
    private const string Item = "answer";

    /// <summary>How long a question stands.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public override ToolEffect Effect => ToolEffect.Reads;

    /// <inheritdoc/>
    public override ToolProfile Profile => ToolProfile.Assistant;

    // A person's own word.
    /// <inheritdoc/>
    public override bool ReturnsData => false;

    /// <inheritdoc/>
    public override TimeSpan Limit => Lifetime + TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public override async Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var text = Bounded.Cut(DataText.Visible(arguments.Text("question")), LongestQuestion);
        var options = arguments.OptionalTexts("options", MostOptions).Select(option => (Bounded.Begin(DataText.Visible(option), LongestOption), (string?)null)).DistinctBy(option => option.Item1).ToArray();
        if (!questions.IsAnybodyThere()) throw new ToolException("Nobody is there to answer. Go on with what you know, or say in your answer what you need.");
        var question = questions.Ask(null, [new QuestionItem(Item, "Question", text, options, IsMulti: false, IsOther: true)], Lifetime, new QuestionOrigin(context.Agent, context.SessionKey, context.RunId));
        try
        {
            // The book's own clock ends it; the patience is only there because one has to be named.
            var ended = await questions.WaitAsync(question.Id, Lifetime + TimeSpan.FromSeconds(10), cancellation);
            return ended?.Status switch
            {
                QuestionStatus.Answered => new ToolResult(string.Join("\n", ended.Answers!.GetValueOrDefault(Item) ?? [])),
                QuestionStatus.Cancelled => ToolResult.Error("The owner does not want to answer that. Go on without it."),
                _ => ToolResult.Error("Nobody answered in time. Go on with what you know, or say in your answer what you need."),
            };
        }
        finally
        {
            questions.Resolve(question.Id, null, "turn");
        }
    }
}
