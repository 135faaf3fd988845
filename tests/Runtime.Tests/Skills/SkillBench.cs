using System.Text;
using Runtime.Skills;
using TestKit;

namespace Runtime.Tests.Skills;

/// <summary>A home and a workspace with skills in them.</summary>
internal sealed class SkillBench : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SkillBench() => Book = new SkillBook(Home, Workspace, new SkillSurroundings("linux", name => name is "sh" or "here", name => name == "SET", name => name == "a.b"));

    public string Home => _folder["home"];

    public string Workspace => _folder["workspace"];

    public SkillBook Book { get; }

    public string this[string name] => _folder[name];

    public string Put(string place, string name, string front = "", string body = "Do it.", string? called = null)
    {
        var folder = Path.Combine(place, name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "SKILL.md"), $"---\nname: {called ?? name}\ndescription: What {name} does. Use it often.\n{front}---\n{body}\n", new UTF8Encoding(false));
        return folder;
    }

    public string User(string name, string front = "", string body = "Do it.") => Put(Book.UserFolder, name, front, body);

    public string Own(string name, string front = "", string body = "Do it.") => Put(Book.WorkspaceFolder, name, front, body);

    /// <summary>A skill that is a program.</summary>
    public string Program(string name, string config, string script, string? place = null)
    {
        var folder = Directory.CreateDirectory(Path.Combine(place ?? Book.UserFolder, name)).FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), config);
        File.WriteAllText(Path.Combine(folder, "index.js"), script);
        return folder;
    }

    public void Dispose() => _folder.Dispose();
}
