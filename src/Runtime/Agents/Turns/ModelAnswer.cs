using System.Text;
using Microsoft.Extensions.AI;

namespace Runtime.Agents.Turns;

/// <summary>One answer of a model as it comes in. For one thread.</summary>
internal sealed class ModelAnswer
{
    /// <summary>What it says.</summary>
    public StringBuilder Text { get; } = new();

    /// <summary>The tools it calls.</summary>
    public List<FunctionCallContent> Calls { get; } = [];

    /// <summary>What it took, where that is told.</summary>
    public UsageDetails? Usage { get; private set; }

    /// <summary>Who gave it, where that is told.</summary>
    public string? Model { get; private set; }

    /// <summary>Why it ended, where that is told.</summary>
    public ChatFinishReason? Finish { get; private set; }

    /// <summary>True once there is anything of it.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Takes what came.</summary>
    public void Take(ChatResponseUpdate update)
    {
        Finish = update.FinishReason ?? Finish;
        Model = update.ModelId ?? Model;
        foreach (var content in update.Contents)
        {
            if (content is UsageContent usage) Usage = usage.Details;
            else HasBegun = true;
            if (content is TextContent text) Text.Append(text.Text);
            if (content is FunctionCallContent call) Calls.Add(call);
        }
    }
}
