using System.Text.Json;
using Microsoft.Extensions.AI;
using Runtime.Tools.Policy;

namespace Runtime.Tools;

/// <summary>
/// Something a model may do. Its name, description and schema are what the model is told: they are written by hand and short, for each of
/// their tokens is in every prompt. Tools hold no state of a call and are safe for several threads; <see cref="ToolRunner"/> alone calls them.
/// </summary>
/// <param name="name">As the model calls it.</param>
/// <param name="description">What it does, in a few words.</param>
/// <param name="schema">JSON Schema of its arguments.</param>
public abstract class Tool(string name, string description, string schema) : AIFunction
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override string Description => description;

    /// <inheritdoc/>
    public override JsonElement JsonSchema { get; } = JsonElement.Parse(schema);

    /// <summary>What it does to the world, as a rule.</summary>
    public abstract ToolEffect Effect { get; }

    /// <summary>The smallest profile that has it.</summary>
    public abstract ToolProfile Profile { get; }

    /// <summary>False where nothing is set up that it could work with: nobody is told of it then, and nobody can call it.</summary>
    public virtual bool IsThere => true;

    /// <summary>False where its results hold nothing private and nothing that others wrote. Otherwise who has read them is tainted.</summary>
    public virtual bool ReturnsData => true;

    /// <summary>How long a call may take.</summary>
    public virtual TimeSpan Limit => TimeSpan.FromSeconds(30);

    /// <summary>The smallest profile that may do this one call, where it is a larger one than <see cref="Profile"/>.</summary>
    public virtual ToolProfile ProfileOf(ToolArguments arguments) => Profile;

    /// <summary>What this one call does to the world.</summary>
    public virtual ToolEffect EffectOf(ToolArguments arguments, ToolContext context) => Effect;

    /// <summary>A call as a person who is asked about it reads it: its arguments, and what they mean where they do not say it themselves.</summary>
    public virtual string Describe(ToolArguments arguments, ToolContext context) => arguments.Json.GetRawText();

    /// <summary>Does it.</summary>
    /// <exception cref="Models.ModelException">It could not be done; the message is for the model.</exception>
    public abstract Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation);

    /// <summary>Refused: a call without its context has passed no policy.</summary>
    protected sealed override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Tools are called through ToolRunner, which asks the policy first.");
}
