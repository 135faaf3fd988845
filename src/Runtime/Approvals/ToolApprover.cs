using Runtime.Tools;

namespace Runtime.Approvals;

/// <summary>Asks people about calls of tools that the policy does not decide alone.</summary>
/// <param name="book">Where questions are.</param>
public sealed class ToolApprover(ApprovalBook book) : IToolApprover
{
    /// <inheritdoc/>
    public async Task<bool> ApproveAsync(Tool tool, ToolArguments arguments, ToolContext context, string why, CancellationToken cancellation)
    {
        var request = new ApprovalRequest("plugin", DisplayText.Escape(tool.Describe(arguments, context)))
        {
            Warning = why,
            Tool = tool.Name,
            Agent = context.Agent,
            Session = context.SessionKey,
            Run = context.RunId,
            Call = context.CallId,
        };
        return (await book.AskAsync(request, cancellation)).IsAllowed;
    }
}
