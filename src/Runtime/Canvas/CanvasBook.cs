using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Models;
using Models.Store;
using Runtime.Sessions;

namespace Runtime.Canvas;

/// <summary>
/// The panels of conversations, one file each below their agent's folder: they outlive a reset of the conversation and a restart. Safe for
/// several threads.
/// </summary>
/// <param name="home">The home folder.</param>
public sealed class CanvasBook(string home)
{
    /// <summary>Panels of a conversation.</summary>
    public const int MostPanels = 24;

    /// <summary>Longest page, characters.</summary>
    public const int LongestHtml = 256 * 1024;

    private const int LongestTitle = 80, LongestName = 64;

    private readonly Lock _lock = new();

    /// <summary>Hears of every change: the board as it is now, and the panel.</summary>
    public event Action<CanvasBoard, string>? Changed;

    /// <summary>The panels of a conversation; what cannot be read is none.</summary>
    public CanvasBoard Read(string key)
    {
        lock (_lock) return Load(key);
    }

    /// <summary>Puts a panel there, in the place of the one that has its name. When this returns it is on the disk.</summary>
    /// <exception cref="ModelException">Name, title or page are not as they must be, or there are too many.</exception>
    public CanvasBoard Put(string key, string name, string? title, string html)
    {
        if (!IsName(name)) throw new ModelException($"A panel's name has up to {LongestName} small letters, digits, dots, - and _, and begins with a letter or digit.");
        if (html.Length > LongestHtml) throw new ModelException($"A panel has up to {LongestHtml} characters; this one has {html.Length}.");
        return Change(key, name, board =>
        {
            var before = board.Panels.FirstOrDefault(panel => panel.Name == name);
            if (before is null && board.Panels.Count >= MostPanels) throw new ModelException($"There are {MostPanels} panels already; remove some first.");
            var shown = Tools.Bounded.Begin(title ?? before?.Title ?? name, LongestTitle - 1);
            var panel = new CanvasPanel(name, shown, html, (before?.Revision ?? 0) + 1, before?.Id ?? Guid.NewGuid().ToString(), before?.Width ?? 6, before?.Height ?? 5);
            return before is null ? [.. board.Panels, panel] : [.. board.Panels.Select(p => p.Name == name ? panel : p)];
        });
    }

    /// <summary>Takes a panel away; null where there is none of that name.</summary>
    public CanvasBoard? Remove(string key, string name) => Read(key).Panels.Any(p => p.Name == name) ? Change(key, name, board => [.. board.Panels.Where(p => p.Name != name)]) : null;

    /// <summary>Gives a panel another size; null where there is none of that name.</summary>
    /// <param name="key">The conversation.</param>
    /// <param name="name">The panel.</param>
    /// <param name="width">Columns of twelve.</param>
    /// <param name="height">Rows, 20 at most.</param>
    public CanvasBoard? Resize(string key, string name, int width, int height) => Read(key).Panels.Any(p => p.Name == name)
        ? Change(key, name, board => [.. board.Panels.Select(p => p.Name == name ? p with { Width = Math.Clamp(width, 1, 12), Height = Math.Clamp(height, 1, 20) } : p)]) : null;

    /// <summary>Forgets the panels of a conversation that is deleted.</summary>
    public void Forget(string key)
    {
        lock (_lock)
        {
            if (File.Exists(PathOf(key))) File.Delete(PathOf(key));
        }
    }

    private CanvasBoard Change(string key, string name, Func<CanvasBoard, IReadOnlyList<CanvasPanel>> change)
    {
        CanvasBoard next;
        lock (_lock)
        {
            var board = Load(key);
            next = board with { Revision = board.Revision + 1, Panels = change(board) };
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(PathOf(key))!);
                DurableFile.Replace(PathOf(key), JsonSerializer.SerializeToUtf8Bytes(next, CanvasJson.Default.CanvasBoard));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ModelException($"The panel cannot be kept: {e.Message}", e);
            }
        }
        Changed?.Invoke(next, name);
        return next;
    }

    private CanvasBoard Load(string key)
    {
        try
        {
            if (File.Exists(PathOf(key)) && JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(key)), CanvasJson.Default.CanvasBoard) is { Panels: not null } board && board.Key == key) return board;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // What shows something is no reason to stop.
        }
        return new CanvasBoard(key, 0, []);
    }

    // A key may be longer than a file's name.
    private string PathOf(string key) => Path.Combine(home, "agents", SessionKey.Agent(key), "canvas", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16)) + ".json");

    private static bool IsName(string name) => name.Length is > 0 and <= LongestName && (char.IsAsciiLetterLower(name[0]) || char.IsAsciiDigit(name[0])) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-');
}

[JsonSerializable(typeof(CanvasBoard))]
internal sealed partial class CanvasJson : JsonSerializerContext;
