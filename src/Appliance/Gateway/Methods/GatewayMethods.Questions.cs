using System.Text.Json;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Runtime.Questions;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// Questions to the owner with answers to choose from, by whoever has the scope, the agent's programs among them.
internal sealed partial class GatewayMethods
{
    private const int MostItems = 3, MostOptions = 4, LongestQuestion = 4096, LongestAnswer = 16 * 1024;
    private static readonly TimeSpan AskedByDefault = TimeSpan.FromMinutes(15);

    private IEnumerable<GatewayMethod> Questions =>
    [
        GatewayMethod.Of("question.request", Scope.Questions, RequestQuestion),
        new("question.waitAnswer", Scope.Questions, WaitAnswerAsync),
        GatewayMethod.Of("question.resolve", Scope.Questions, ResolveQuestion),
        GatewayMethod.Of("question.get", Scope.Questions, call => FrameWriter.Payload(to => to.Add("question", new QuestionRow(KnownQuestion(call))))),
        GatewayMethod.Of("question.list", Scope.Questions, call => FrameWriter.Payload(
            to => to.Add("questions", _context.Questions.Pending.Where(q => MaySee(call.Principal, q.From.Session)).Select(q => new QuestionRow(q)).ToArray()))),
    ];

    /// <summary>True where a client is there that may answer questions.</summary>
    public bool IsAnswererThere() => _context.Hub.Connections.Any(connection => connection.Principal is { } principal && principal.Role == Principal.Operator && Scope.Allows(principal.Scopes, Scope.Questions));

    /// <summary>Tells who may answer that a question waits.</summary>
    public void QuestionRequested(Question question) => _context.Hub.Broadcast("question.requested", FrameWriter.Payload(new QuestionRow(question)), session: question.From.Session);

    /// <summary>Tells them that it ended.</summary>
    public void QuestionEnded(Question question) => _context.Hub.Broadcast("question.resolved", FrameWriter.Payload(new QuestionOutcome(question, question.Id)), session: question.From.Session);

    private byte[] RequestQuestion(GatewayCall call)
    {
        var items = call.Params.OptionalObjects("questions", MostItems) is { Count: > 0 } sent ? sent.Select(ToItem).ToArray() : throw call.Params.Fault("must have required property 'questions'");
        if (items.DistinctBy(item => item.Id).Count() < items.Length) throw call.Params.Fault("at /questions: questionId must be there once only");
        var patience = call.Params.OptionalNumber("timeoutMs", 1) is { } ms ? TimeSpan.FromMilliseconds(Math.Min(ms, QuestionBook.Longest.TotalMilliseconds)) : AskedByDefault;
        var (agentId, session) = (call.Params.OptionalText("agentId"), call.Params.OptionalText("sessionKey", SessionKey.Longest));
        var key = session is null ? null : ResolveKey(session, agentId);
        var from = new QuestionOrigin(key is null ? agentId is null ? null : RequireAgent(agentId).Id : SessionKey.Agent(key), key, call.Params.OptionalText("runId"));
        var question = _context.Questions.Ask(call.Params.OptionalText("id", 128), items, patience, from);
        return FrameWriter.Payload(to => to.Add("id", question.Id).Add("expiresAtMs", question.ExpiresAtMs));
    }

    private static QuestionItem ToItem(RequestParams item)
    {
        var id = item.Text("questionId", 64);
        if (!char.IsAsciiLetterLower(id[0]) || id.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '_')) throw item.Fault("at /questionId: must match pattern ^[a-z][a-z0-9_]*$");
        if (item.OptionalFlag("isSecret") == true || item.Any("secretStore").ValueKind == JsonValueKind.Object)
            throw GatewayException.Unavailable("Secrets are not asked for over the gateway. Put them on the box: `appliance config set PATH '{\"file\": \"NAME\"}'`.");
        var options = (item.OptionalObjects("options", MostOptions) ?? []).Select(option => (option.Text("label", 256), option.OptionalText("description", 1024))).ToArray();
        return new QuestionItem(id, item.Text("header", 12), item.Text("question", LongestQuestion), options, item.OptionalFlag("multiSelect") == true, item.OptionalFlag("isOther") == true);
    }

    private async Task<byte[]?> WaitAnswerAsync(GatewayCall call)
    {
        var question = KnownQuestion(call);
        var patience = call.Params.OptionalNumber("timeoutMs", 1) is { } ms ? TimeSpan.FromMilliseconds(Math.Min(ms, QuestionBook.Longest.TotalMilliseconds)) : WaitByDefault;
        var after = await _context.Questions.WaitAsync(question.Id, patience, call.Connection.Gone) ?? question;
        return FrameWriter.Payload(new QuestionOutcome(after, null));
    }

    private byte[] ResolveQuestion(GatewayCall call)
    {
        var question = KnownQuestion(call);
        var answers = call.Params.OptionalFlag("cancel") == true ? null : ReadAnswers(call, question);
        var ended = _context.Questions.Resolve(question.Id, answers, Who(call)) ?? throw GatewayException.Invalid("this question has ended already");
        return FrameWriter.Payload(new QuestionOutcome(ended, null));
    }

    private static Dictionary<string, IReadOnlyList<string>> ReadAnswers(GatewayCall call, Question question)
    {
        var sent = (call.Params.OptionalObject("answers") ?? throw call.Params.Fault("must have required property 'answers'")).OptionalObject("answers") ?? throw call.Params.Fault("at /answers: must have required property 'answers'");
        var answers = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var item in question.Items)
        {
            if (sent.OptionalTexts(item.Id, 16, LongestAnswer) is not { Count: > 0 } given) throw call.Params.Fault($"at /answers/answers: must have required property '{item.Id}'");
            if (given.Count > 1 && !item.IsMulti) throw call.Params.Fault($"at /answers/answers/{item.Id}: one answer only");
            // What is not among the options is an answer only where that was asked for.
            if (item.Options.Count > 0 && !item.IsOther && given.FirstOrDefault(text => item.Options.All(option => option.Label != text)) is not null)
                throw call.Params.Fault($"at /answers/answers/{item.Id}: must be equal to one of the allowed values");
            answers[item.Id] = given;
        }
        return answers;
    }

    private Question KnownQuestion(GatewayCall call) =>
        _context.Questions.Find(call.Params.Text("id", 128)) is { } question && MaySee(call.Principal, question.From.Session) ? question : throw GatewayException.Invalid("unknown question id");
}
