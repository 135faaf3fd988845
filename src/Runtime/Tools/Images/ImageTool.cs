using Microsoft.Extensions.AI;
using Models;
using Models.Generation;
using Models.Providers;
using Models.Routing;
using Models.Routing.Classifying;
using Models.Routing.Execution;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Images;

/// <summary>
/// Has a picture of the workspace looked at by a model that sees. The picture may leave the machine for it, so it counts as reaching out,
/// and what stands in a picture was written by others.
/// </summary>
/// <param name="sees">A model that sees pictures; null where there is none.</param>
public sealed class ImageTool(Func<CancellationToken, Task<IChatClient?>> sees) : Tool(
    "image", "Look at a picture file.", """{"type":"object","properties":{"path":{"type":"string"},"question":{"type":"string"}},"required":["path"]}""")
{
    private const int LongestAnswer = 1024;

    /// <inheritdoc/>
    public override ToolEffect Effect => ToolEffect.Outward;

    /// <inheritdoc/>
    public override ToolProfile Profile => ToolProfile.Assistant;

    /// <inheritdoc/>
    public override TimeSpan Limit => TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public override async Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var (path, question) = (arguments.Text("path"), arguments.OptionalText("question") ?? "Describe this picture.");
        if (await sees(cancellation) is not { } model) throw new ToolException("No model here can see pictures. Say so; do not guess what is in it.");
        var bytes = context.Files.ReadAll(path);
        var picture = new DataContent(bytes, PictureKind.Of(bytes) ?? throw new ToolException($"{path} is no {PictureKind.All} picture."));
        // A file of the workspace, and a question that comes of the whole conversation.
        var held = model.GetService<ModelRouter>()?.Held(context.SessionKey) ?? DataClass.All;
        var source = new TurnSource { Agent = context.Agent, Person = context.Person, Channel = context.Channel, Taint = DataClass.Personal | held };
        var options = new ChatOptions { MaxOutputTokens = LongestAnswer, AdditionalProperties = new() { [ChatOptionKeys.Source] = source } };
        try
        {
            var answer = await model.GetResponseAsync(new ChatMessage(ChatRole.User, [picture, new TextContent(question)]), options, cancellation);
            return new ToolResult(answer.Text.Length > 0 ? answer.Text : "The model said nothing of it.");
        }
        catch (ModelException e) when (e is not ToolException)
        {
            throw new ToolException(e.Message);
        }
    }
}
