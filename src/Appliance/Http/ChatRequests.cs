using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Appliance.Http;

/// <summary>What OpenAI's and Ollama's chat requests have in common on their way to an <see cref="IChatClient"/>.</summary>
internal static class ChatRequests
{
    /// <summary>Most stop strings of a request: each is looked for after every token.</summary>
    public const int MostStops = 16;

    private static readonly JsonElement NoParameters = JsonElement.Parse("""{"type":"object","properties":{}}""");

    /// <summary>The tools, which both wires spell alike.</summary>
    /// <exception cref="ApiException">400: a tool that is not a function, has no name, or whose parameters are not a schema.</exception>
    public static IList<AITool> ToTools(IReadOnlyList<WireTool?>? tools)
    {
        var declarations = new List<AITool>();
        for (var i = 0; i < tools?.Count; i++)
        {
            var at = $"tools[{i}]";
            if (tools[i] is not { Type: "function", Function: { } function })
                throw ApiException.BadRequest($"{at} must have the type 'function' and describe one.", at);
            if (string.IsNullOrEmpty(function.Name)) throw ApiException.BadRequest($"{at}.function.name is missing.", $"{at}.function.name");
            var schema = function.Parameters.IsPresent() ? function.Parameters.ToPlainObject($"{at}.function.parameters") : NoParameters;
            declarations.Add(AIFunctionFactory.CreateDeclaration(function.Name, function.Description, schema));
        }
        return declarations;
    }

    /// <summary>A call the assistant made earlier in the conversation.</summary>
    public static FunctionCallContent ToCall(string? id, string? name, JsonElement arguments, string at)
    {
        if (string.IsNullOrEmpty(name)) throw ApiException.BadRequest($"{at}.function.name is missing.", $"{at}.function.name");
        var values = arguments.ToPlainObject($"{at}.function.arguments").EnumerateObject().ToDictionary(p => p.Name, p => (object?)p.Value);
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
