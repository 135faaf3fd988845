using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Models.Tokens;

namespace Models.Routing.Classifying;

/// <summary>
/// Says what is in a turn: by the owner's rules, by where it comes from, by what its conversation held before, and by what is found in its
/// texts. Fails closed: a conversation that cannot be looked at holds everything. Pure; safe for several threads.
/// </summary>
/// <param name="rules">The owner's rules, and <see cref="ClassRule.Usual"/> where they are to hold.</param>
public sealed class TurnClassifier(IReadOnlyList<ClassRule> rules)
{
    // What a template writes around a message.
    private const int PerMessage = 4;

    /// <summary>Looks at all that a target would read.</summary>
    /// <param name="messages">The conversation, oldest first.</param>
    /// <param name="options">The tools it is told of, or null.</param>
    /// <param name="source">Where it comes from.</param>
    public Classification Classify(IReadOnlyList<ChatMessage> messages, ChatOptions? options, TurnSource source)
    {
        try
        {
            return Look(messages, options, source);
        }
        // Whatever it was: what nobody could look at stays here.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new Classification(DataClass.All, [$"it could not be looked at ({e.GetType().Name})"]) { Bytes = int.MaxValue, Tokens = int.MaxValue };
        }
    }

    private Classification Look(IReadOnlyList<ChatMessage> messages, ChatOptions? options, TurnSource source)
    {
        var (data, why) = (source.Taint, new List<string>());
        if (source.Taint != DataClass.Public) why.Add("of what the conversation read before");
        var texts = new List<(ChatRole Role, string Text)>();
        var tools = new Dictionary<string, string>(StringComparer.Ordinal);
        var images = false;
        if (options?.Instructions is { Length: > 0 } instructions) texts.Add((ChatRole.System, instructions));
        foreach (var message in messages)
        {
            foreach (var content in message.Contents)
            {
                if (content is FunctionCallContent call) tools[call.CallId] = call.Name;
                if (content is FunctionResultContent result) AddTool(tools.GetValueOrDefault(result.CallId));
                if (content is DataContent or UriContent)
                {
                    images = true;
                    // Nobody here looks into it.
                    Add(DataClass.Personal, "there is a picture in it");
                }
                if (TextOf(content) is { Length: > 0 } text) texts.Add((message.Role, text));
            }
        }
        foreach (var tool in options?.Tools?.OfType<AIFunctionDeclaration>() ?? []) texts.Add((ChatRole.System, $"{tool.Name} {tool.Description} {tool.JsonSchema.GetRawText()}"));

        foreach (var rule in rules)
        {
            if (rule.Tool is null && Matches(rule, source) && (rule.Images is null || rule.Images == images) && (rule.Text is null || texts.Exists(t => t.Text.Contains(rule.Text, StringComparison.OrdinalIgnoreCase))))
                Add(rule.Class, rule.Text is not null ? $"\"{rule.Text}\" is in it" : rule.Images == true ? "there is a picture in it, of which a rule says so" : $"of where it comes from ({rule.Channel ?? rule.Agent ?? rule.Person ?? "a rule for all"})");
        }
        foreach (var (_, text) in texts) AddFound(SensitiveText.Find(text));
        AddFound(SensitiveText.FindSpread([.. texts.Select(t => t.Text)]));
        // Between two halves somebody else may have said something.
        AddFound(SensitiveText.FindSpread([.. texts.Where(t => t.Role == ChatRole.User).Select(t => t.Text)]));
        AddFound(SensitiveText.FindSpread([.. texts.Where(t => t.Role == ChatRole.Tool).Select(t => t.Text)]));

        var said = texts.FindLast(t => t.Role == ChatRole.User).Text ?? "";
        return new Classification(data, why)
        {
            IsCode = TextFeatures.IsCode(said),
            Script = TextFeatures.Script(said),
            HasImages = images,
            Bytes = (int)Math.Min(int.MaxValue, texts.Sum(t => (long)Encoding.UTF8.GetByteCount(t.Text))),
            Tokens = (int)Math.Min(int.MaxValue, texts.Sum(t => (long)TokenEstimate.Of(t.Text)) + (long)PerMessage * (messages.Count + 1)),
        };

        void AddTool(string? name)
        {
            // A result without a call: nobody knows what was read.
            if (name is null) Add(DataClass.All, "a result is in it whose call is gone");
            foreach (var rule in rules)
            {
                if (name is not null && rule.Tool is { } tool && Matches(rule, source) && (tool.EndsWith('*') ? name.StartsWith(tool[..^1], StringComparison.Ordinal) : name == tool))
                    Add(rule.Class, $"it read something by {name}");
            }
        }

        void AddFound(IReadOnlyList<Finding> findings)
        {
            foreach (var found in findings) Add(found.Class, $"{found.Shape} is in it");
        }

        void Add(DataClass more, string reason)
        {
            data |= more;
            if (more != DataClass.Public && !why.Contains(reason)) why.Add(reason);
        }
    }

    private static bool Matches(ClassRule rule, TurnSource source) =>
        (rule.Agent is null || rule.Agent == source.Agent) && (rule.Person is null || rule.Person == source.Person) && (rule.Channel is null || rule.Channel == source.Channel);

    private static string? TextOf(AIContent content) => content switch
    {
        TextContent text => text.Text,
        TextReasoningContent reasoning => reasoning.Text,
        FunctionCallContent call => ToText(call),
        FunctionResultContent result => result.Result switch { string text => text, JsonElement json => json.ToString(), null => null, var other => other.ToString() },
        UriContent link => link.Uri.ToString(),
        DataContent or UsageContent => null,
        // Of a kind that did not exist when this was written.
        _ => throw new NotSupportedException(content.GetType().Name),
    };

    private static string ToText(FunctionCallContent call)
    {
        var text = new StringBuilder(call.Name);
        foreach (var (name, value) in call.Arguments ?? new Dictionary<string, object?>()) text.Append('\n').Append(name).Append(": ").Append(value);
        return text.ToString();
    }
}
