namespace Runtime.Tools;

/// <summary>Asks a person whether a call may be done.</summary>
public interface IToolApprover
{
    /// <summary>True where a person who may decide let it be done. Where nobody is there, or nobody answers in time, it is not.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">Its arguments: what is approved is these and no others.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="why">Why a person is asked.</param>
    /// <param name="cancellation">Withdraws the question.</param>
    Task<bool> ApproveAsync(Tool tool, ToolArguments arguments, ToolContext context, string why, CancellationToken cancellation);
}
