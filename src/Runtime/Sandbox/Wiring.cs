using System.Text;
using Models;
using Runtime.Sandbox.Kernel;

namespace Runtime.Sandbox;

/// <summary>The descriptors of a pipeline's programs: pipes between them, one for all that is printed, and files that a redirection names.</summary>
internal sealed unsafe class Wiring : IDisposable
{
    private const int ReadOnly = 0, WriteOnly = 1, Create = 0x40, Truncate = 0x200, Append = 0x400, NonBlocking = 0x800, NoLinks = 0x20000, CloseOnExec = 0x80000;

    private readonly List<int> _open = [];
    private readonly List<int[]> _descriptors = [];
    private readonly int _input = -1;
    private readonly int _output;
    private readonly int _apart = -1;

    /// <summary>Opens all of them.</summary>
    /// <exception cref="ModelException">A file cannot be opened.</exception>
    public Wiring(IReadOnlyList<SandboxProgram> programs, bool wantsInput, bool isOutputApart)
    {
        try
        {
            (_output, var printed) = Pipe();
            var last = printed;
            if (isOutputApart) (_apart, last) = Pipe();
            var before = -1;
            if (wantsInput) (before, _input) = Pipe();
            else before = Open("/dev/null", ReadOnly);
            for (var i = 0; i < programs.Count; i++)
            {
                var (next, output) = i == programs.Count - 1 ? (-1, last) : Pipe();
                var own = new[] { before, output, printed };
                foreach (var change in programs[i].Changes) own[change.Descriptor] = change.File is null ? own[change.Same] : OpenFile(change);
                _descriptors.Add(own);
                before = next;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Descriptors 0, 1 and 2 of a program.</summary>
    public ReadOnlySpan<int> Of(int program) => _descriptors[program];

    /// <summary>The end that somebody writes to, or -1; it is the caller's now.</summary>
    public int TakeInput() => Take(_input);

    /// <summary>The end from which all output is read; it is the caller's now.</summary>
    public int TakeOutput() => Take(_output);

    /// <summary>The end from which the standard output of the last one is read where that is apart, or -1; it is the caller's now.</summary>
    public int TakeApart() => Take(_apart);

    /// <summary>Closes what nobody took.</summary>
    public void Dispose()
    {
        foreach (var descriptor in _open) _ = Native.Close(descriptor);
        _open.Clear();
    }

    private int Take(int descriptor)
    {
        _open.Remove(descriptor);
        return descriptor;
    }

    private (int Read, int Write) Pipe()
    {
        var ends = stackalloc int[2];
        if (Native.Pipe(ends, CloseOnExec) != 0) throw new ModelException("No pipe can be made: too many files are open.");
        _open.Add(ends[0]);
        _open.Add(ends[1]);
        return (ends[0], ends[1]);
    }

    private int OpenFile(DescriptorChange change) => Open(change.File!, change.Descriptor == 0 ? ReadOnly | NonBlocking : WriteOnly | Create | (change.IsAppended ? Append : Truncate));

    private int Open(string path, int flags)
    {
        var name = Encoding.UTF8.GetBytes(path + "\0");
        int descriptor;
        // The path was followed when it was judged; a link that came since is not.
        fixed (byte* start = name) descriptor = Native.Open(start, flags | CloseOnExec | NoLinks, 0x180);
        if (descriptor < 0) throw new ModelException($"{path} cannot be opened.");
        _open.Add(descriptor);
        return descriptor;
    }
}
