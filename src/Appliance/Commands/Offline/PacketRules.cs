using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Models;

namespace Appliance.Commands.Offline;

/// <summary>
/// The rules of nftables (nft(8)) that keep the packets of one user, or of one cgroup, on this machine: those to itself pass, those that
/// answer who came in pass, and everything else, questions to name servers included, is refused and counted.
/// </summary>
internal static partial class PacketRules
{
    /// <summary>The table they stand in; nothing else does.</summary>
    public const string Table = "appliance_offline";

    /// <summary>Their text for a user.</summary>
    public static string OfUser(uint user) => Text($"meta skuid {user.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Their text for a cgroup of version 2, by its path below the root, such as <c>system.slice/appliance.service</c>.</summary>
    /// <exception cref="ModelException">It is no such path.</exception>
    public static string OfCgroup(string path)
    {
        path = path.Trim('/');
        if (!CgroupPath().IsMatch(path)) throw new ModelException($"'{path}' is no cgroup's path, such as system.slice/appliance.service.");
        return Text($"socket cgroupv2 level {path.Count(c => c == '/') + 1} \"{path}\"");
    }

    /// <summary>Puts rules into force, in place of those of before, in one step.</summary>
    /// <exception cref="ModelException">There is no nft, or it refuses: without root it does.</exception>
    public static void Enforce(string rules) => Run(rules, "-f", "-");

    /// <summary>Takes them away.</summary>
    /// <exception cref="ModelException">There is no nft, or it refuses.</exception>
    public static void Release() => Run($"table inet {Table}\ndelete table inet {Table}\n", "-f", "-");

    /// <summary>Looks whether they are in force; null where this machine does not tell, as it does not without root.</summary>
    /// <param name="refused">Packets they refused since.</param>
    public static bool? Look(out long refused)
    {
        refused = 0;
        try
        {
            var text = Run("", "list", "table", "inet", Table);
            refused = Counter().Matches(text).Sum(match => long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
            return true;
        }
        catch (ModelException e) when (e.Message.Contains("No such file", StringComparison.Ordinal))
        {
            return false;
        }
        catch (ModelException)
        {
            return null;
        }
    }

    // Declared and deleted first, so that it is the same whether they stood there before or not.
    private static string Text(string whose) => $$"""
        table inet {{Table}}
        delete table inet {{Table}}
        table inet {{Table}} {
          chain output {
            type filter hook output priority filter; policy accept;
            oifname "lo" accept
            ct direction reply accept
            {{whose}} counter reject with icmpx type admin-prohibited
          }
        }

        """;

    private static string Run(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo("nft", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        // Where it is, whatever the search path of whoever asks.
        if (new[] { "/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft" }.FirstOrDefault(File.Exists) is { } path) start.FileName = path;
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            process.WaitForExit();
            if (process.ExitCode != 0) throw new ModelException($"nft did not take it: {error.Result.Split('\n')[0]}");
            return output.Result;
        }
        catch (Win32Exception e)
        {
            throw new ModelException("There is no nft on this machine. Install the package nftables.", e);
        }
        catch (IOException e)
        {
            throw new ModelException($"nft ended before it read the rules: {e.Message}", e);
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9@:_.\\-]+(/[A-Za-z0-9@:_.\\-]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex CgroupPath();

    [GeneratedRegex(@"counter packets ([0-9]{1,18}) ", RegexOptions.CultureInvariant)]
    private static partial Regex Counter();
}
