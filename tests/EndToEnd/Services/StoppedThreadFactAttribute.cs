using TestKit;

namespace EndToEnd.Services;

/// <summary>A fact that needs a file of the reference folder, and to hold a thread of another process; skipped, with a word, where one of them is not to be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class StoppedThreadFactAttribute : FactAttribute
{
    public StoppedThreadFactAttribute(string path) =>
        Skip = (Shared.Find(path.Split('/')) is null ? $"reference file ../shared/{path} is absent" : StoppedThread.IsAllowed ? null : "ptrace is not allowed here")!;
}
