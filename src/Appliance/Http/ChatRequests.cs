using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Appliance.Http;

/// <summary>What the wires' chat requests have in common on their way to an <see cref="IChatClient"/>.</summary>
internal static class ChatRequests
{
    /// <summary>Most stop strings of a request: each is looked for after every token.</summary>
    public const int MostStops = 16;

    private static readonly JsonElement NoParameters = JsonElement.Parse("""{"type":"object","properties":{}}""");

    /// <summary>The tools as OpenAI's chat completions and Ollama spell them.</summary>
    /// <exception cref="ApiException">400: a tool that is not a function, has no name, or whose parameters are not a schema.</exception>
    public static IList<AITool> ToTools(IReadOnlyList<WireTool?>? tools)
    {
        var declarations = new List<AITool>();
        for (var i = 0; i < tools?.Count; i++)
        {
            var at = $"tools[{i}]";
            if (tools[i] is not { Type: "function", Function: { } function })
                throw ApiException.BadRequest($"{at} must have the type 'function' and describe one.", at);
            declarations.Add(ToTool(function.Name, function.Description, function.Parameters, $"{at}.function", $"{at}.function.parameters"));
        }
        return declarations;
    }

    /// <summary>One tool.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does, for the model.</param>
    /// <param name="schema">JSON schema of its parameters; may be left out.</param>
    /// <param name="at">Where the tool stands, for messages.</param>
    /// <param name="schemaAt">Where the schema stands, for messages.</param>
    /// <exception cref="ApiException">400: it has no name, or the parameters are not a schema.</exception>
    public static AITool ToTool(string? name, string? description, JsonElement schema, string at, string schemaAt)
    {
        if (string.IsNullOrEmpty(name)) throw ApiException.BadRequest($"{at}.name is missing.", $"{at}.name");
        return AIFunctionFactory.CreateDeclaration(name, description, schema.IsPresent() ? schema.ToPlainObject(schemaAt) : NoParameters);
    }

    /// <summary>The model must call some tool.</summary>
    /// <exception cref="ApiException">400: there is none.</exception>
    public static ChatToolMode RequireAny(IList<AITool> tools) => tools.Count > 0 ? ChatToolMode.RequireAny
        : throw ApiException.BadRequest("tool_choice asks for a tool, but there are no tools.", "tool_choice");

    /// <summary>The model must call this tool.</summary>
    /// <exception cref="ApiException">400: it is not there.</exception>
    public static ChatToolMode RequireTool(IList<AITool> tools, string name) => tools.Any(tool => tool.Name == name) ? ChatToolMode.RequireSpecific(name)
        : throw ApiException.BadRequest($"tool_choice names '{name}', which is not among the tools.", "tool_choice");

    /// <summary>A call the assistant made earlier in the conversation.</summary>
    public static FunctionCallContent ToCall(string? id, string? name, JsonElement arguments, string nameAt, string argumentsAt)
    {
        if (string.IsNullOrEmpty(name)) throw ApiException.BadRequest($"{nameAt} is missing.", nameAt);
        var values = arguments.ToPlainObject(argumentsAt).EnumerateObject().ToDictionary(p => p.Name, p => (object?)p.Value);
        return new FunctionCallContent(id ?? "", name, values);
    }

    /// <summary>
    /// The arguments of a call as a JSON object on one line. Values stay as the model wrote them: a JSON writer refuses escapes that are
    /// not Unicode and, inside an answer, the nesting a call may have.
    /// </summary>
    public static string ToArguments(FunctionCallContent call)
    {
        var members = (call.Arguments ?? new Dictionary<string, object?>())
            .Select(a => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(a.Key)}\":{((JsonElement?)a.Value)?.GetRawText() ?? "null"}");
        // In JSON a line break is only ever white space between values.
        return $"{{{string.Join(',', members)}}}".Replace('\n', ' ').Replace('\r', ' ');
    }

    /// <summary>Answers that follow a schema.</summary>
    /// <exception cref="ApiException">400: the schema is not an object.</exception>
    public static ChatResponseFormat ToSchemaFormat(JsonElement schema, string parameter, string? name = null, string? description = null) =>
        ChatResponseFormat.ForJsonSchema(schema.ToPlainObject(parameter), name, description);
}

/// <summary>A tool a model may call.</summary>
internal sealed record WireTool(string? Type, WireFunction? Function);

/// <summary>A function: its name, what it does, and a JSON schema of its parameters.</summary>
internal sealed record WireFunction(string? Name, string? Description, JsonElement Parameters);
