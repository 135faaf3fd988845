using Runtime.Tools;

namespace Runtime.Approvals;

/// <summary>Asks people about calls of tools that the policy does not decide alone.</summary>
/// <param name="book">Where questions are.</param>
public sealed class ToolApprover(ApprovalBook book) : IToolApprover
{
    /// <inheritdoc/>
    public async Task<bool> ApproveAsync(Tool tool, ToolArguments arguments, ToolContext context, string why, CancellationToken cancellation)
    {
        var request = ApprovalRequest.About("plugin", DisplayText.Escape(tool.Describe(arguments, context)), context) with { Warning = why, Tool = tool.Name };
        return (await book.AskAsync(request, cancellation)).IsAllowed;
    }
}
