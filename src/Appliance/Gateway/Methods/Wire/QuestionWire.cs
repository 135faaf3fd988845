using Appliance.Gateway.Protocol;
using Runtime.Questions;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about questions send (FIELDS: QuestionRecord, QuestionWaitAnswerResult, QuestionResolvedEvent).

internal sealed record QuestionRow(Question Question) : IPayload
{
    public void Write(PayloadWriter to)
    {
        to.Add("id", Question.Id).Add("questions", [.. Question.Items.Select(item => new ItemRow(item))])
            .Add("agentId", Question.From.Agent).Add("sessionKey", Question.From.Session).Add("runId", Question.From.Run)
            .Add("createdAtMs", Question.CreatedAtMs).Add("expiresAtMs", Question.ExpiresAtMs).Add("status", Word(Question.Status));
        if (Question.Answers is { } answers) to.Add("answers", new AnswersRow(answers));
        to.Add("resolvedBy", Question.ResolvedBy);
    }

    public static string Word(QuestionStatus status) => status switch
    {
        QuestionStatus.Answered => "answered",
        QuestionStatus.Cancelled => "cancelled",
        QuestionStatus.Expired => "expired",
        _ => "pending",
    };

    private sealed record ItemRow(QuestionItem Item) : IPayload
    {
        public void Write(PayloadWriter to) => to
            .Add("questionId", Item.Id).Add("header", Item.Header).Add("question", Item.Text).Add("options", [.. Item.Options.Select(option => new OptionRow(option.Label, option.Description))])
            .Add("multiSelect", Item.IsMulti ? true : null).Add("isOther", Item.IsOther ? true : null);
    }

    private sealed record OptionRow(string Label, string? Description) : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("label", Label).Add("description", Description);
    }
}

/// <summary>What became of a question, with its id in the event.</summary>
internal sealed record QuestionOutcome(Question Question, string? Id) : IPayload
{
    public void Write(PayloadWriter to)
    {
        to.Add("id", Id).Add("status", QuestionRow.Word(Question.Status));
        if (Question.Answers is { } answers) to.Add("answers", new AnswersRow(answers));
    }
}

internal sealed record AnswersRow(IReadOnlyDictionary<string, IReadOnlyList<string>> Answers) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("answers", new Lists(Answers));

    private sealed record Lists(IReadOnlyDictionary<string, IReadOnlyList<string>> All) : IPayload
    {
        public void Write(PayloadWriter to)
        {
            foreach (var (id, given) in All) to.Add(id, given);
        }
    }
}
