using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Models;
using Runtime.Exec;
using Runtime.Exec.Paths;

namespace Runtime.Approvals;

/// <summary>
/// What exactly a person approves: every program by the content of its file, every script it is given by its content, all words, the
/// folders, the variables, the redirections. The same binding is the same thing; a byte elsewhere is another. Immutable.
/// </summary>
/// <param name="Hash">SHA-256 over all of it, lower-case hexadecimal.</param>
public sealed record ApprovalBinding(string Hash)
{
    private const long LargestFile = 256L << 20;

    /// <summary>Takes the binding of a command as the disk is now.</summary>
    /// <param name="decision">The command.</param>
    /// <param name="workspace">Where it runs.</param>
    /// <param name="agent">Whose it is.</param>
    /// <param name="image">The image whose programs run, by its digest; null for this machine's own.</param>
    /// <exception cref="ModelException">A file of it is missing, or too large to be bound.</exception>
    public static ApprovalBinding Of(ExecDecision decision, Workspace workspace, string agent, string? image = null)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (image is not null) Text(hash, image);
        Text(hash, agent);
        Text(hash, workspace.Root);
        foreach (var pipeline in decision.Pipelines)
        {
            Text(hash, $"pipeline {pipeline.Connector} {pipeline.Commands.Count}");
            foreach (var command in pipeline.Commands) Command(hash, command, workspace);
        }
        return new ApprovalBinding(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Takes the binding of a program for which words stand, such as the hash of all that it is made of.</summary>
    /// <exception cref="ModelException">The program's file is missing, or too large to be bound.</exception>
    public static ApprovalBinding Of(string agent, string workspace, string program, IReadOnlyList<string> words)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in (string[])[agent, workspace, program, $"{words.Count}"]) Text(hash, text);
        foreach (var word in words) Text(hash, word);
        File(hash, program);
        return new ApprovalBinding(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static void Command(IncrementalHash hash, PlannedCommand command, Workspace workspace)
    {
        var program = command.Program ?? throw new ModelException($"{DisplayText.Escape(command.Argv[0])} is not installed here.");
        Text(hash, program);
        File(hash, program);
        Text(hash, command.Folder);
        // The folder by what it is, too: another one put in its place is another.
        Text(hash, Workspace.RealPath(command.Folder) ?? "");
        Text(hash, $"{command.Argv.Count} {command.Variables.Count} {command.Redirections.Count}");
        foreach (var word in command.Argv) Text(hash, word);
        foreach (var variable in command.Variables) Text(hash, $"{variable.Name}={variable.Value}");
        foreach (var redirection in command.Redirections) Text(hash, $"{redirection.Descriptor} {redirection.Kind} {redirection.Target}");
        if (!CommandScripts.MayRunOperands(command)) return;
        foreach (var script in CommandScripts.Of(command, workspace))
        {
            Text(hash, script);
            File(hash, script);
        }
    }

    private static void Text(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }

    private static void File(IncrementalHash hash, string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
            if (file.Length > LargestFile) throw new ModelException($"{path} is too large to be approved by its content.");
            hash.AppendData(SHA256.HashData(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path} cannot be read: {e.Message}", e);
        }
    }
}
