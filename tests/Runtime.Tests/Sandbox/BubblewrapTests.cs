using System.Diagnostics;
using Runtime.Sandbox;
using TestKit;

namespace Runtime.Tests.Sandbox;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class BubblewrapTests
{
    [Fact]
    public void Try_ThatNeverEnds_IsEndedAndSaid()
    {
        using var folder = new TemporaryFolder();
        // A child keeps the streams open as well.
        Assert.Contains("did not end within 1 seconds", Bubblewrap.Try(Program(folder, "sleep 1000 & sleep 1000"), TimeSpan.FromSeconds(1)), StringComparison.Ordinal);
    }

    [Fact]
    public void Try_ThatFails_SaysWhatItSaid()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal("no namespaces here", Bubblewrap.Try(Program(folder, "echo no namespaces here >&2; exit 1"), TimeSpan.FromMinutes(1)));
    }

    // Written by another process: what this one has open for writing, a child of another test may hold open, and the kernel does not run it then.
    private static string Program(TemporaryFolder folder, string text)
    {
        File.WriteAllText(folder["text"], $"#!/bin/sh\n{text}\n");
        using var copy = Process.Start("install", ["-m", "700", folder["text"], folder["bwrap"]]);
        copy.WaitForExit();
        return folder["bwrap"];
    }
}
