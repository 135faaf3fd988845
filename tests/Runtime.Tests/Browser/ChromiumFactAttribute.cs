using Runtime.Browser;

namespace Runtime.Tests.Browser;

/// <summary>A test that needs a browser; skipped with a word where Chromium is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute()
    {
        if (new BrowserSettings().Find() is null) Skip = "Chromium is not installed.";
    }
}
