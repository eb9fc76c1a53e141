using System.Globalization;
using System.Net;
using System.Text;
using Crm.Tags.V1;

namespace TagSegments.Tags.Tagging.Governance;

/// <summary>Writes the tag dictionary. Names and descriptions are other people's text: each form shows them as they are and runs nothing.</summary>
internal static class TagDictionary
{
    /// <summary>Writes Markdown.</summary>
    public static string Markdown(string account, IEnumerable<Tag> tags, ILookup<int, TagUsage> usages)
    {
        var text = new StringBuilder().Append("# Tags of ").AppendLine(Escape(account)).AppendLine();
        foreach (var tag in tags)
        {
            text.Append("## ").AppendLine(Escape(tag.Name)).AppendLine();
            if (tag.Description.Length > 0)
            {
                text.AppendLine(Escape(tag.Description)).AppendLine();
            }

            foreach (var (label, value) in Entries(tag, usages).Where(entry => entry.Value.Length > 0))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"- **{label}:** {Escape(value)}");
            }

            text.AppendLine();
        }

        return text.ToString();
    }

    /// <summary>Writes an HTML page.</summary>
    public static string Html(string account, IEnumerable<Tag> tags, ILookup<int, TagUsage> usages)
    {
        var title = $"Tags of {WebUtility.HtmlEncode(account)}";
        var text = new StringBuilder()
            .AppendLine("<!DOCTYPE html>")
            .AppendLine(CultureInfo.InvariantCulture, $"<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body>")
            .AppendLine(CultureInfo.InvariantCulture, $"<h1>{title}</h1>")
            .AppendLine("<table><thead><tr><th>Tag</th><th>Meaning</th><th>When to apply</th><th>Examples</th><th>Owner</th><th>Contacts</th>")
            .AppendLine("<th>Used by</th></tr></thead><tbody>");
        foreach (var tag in tags)
        {
            string[] cells = [tag.Name, tag.Description, .. Entries(tag, usages).Select(entry => entry.Value)];
            text.Append(CultureInfo.InvariantCulture, $"<tr id=\"tag-{tag.TagId}\">")
                .AppendJoin("", cells.Select(cell => $"<td>{WebUtility.HtmlEncode(cell)}</td>")).AppendLine("</tr>");
        }

        return text.AppendLine("</tbody></table></body></html>").ToString();
    }

    private static (string Label, string Value)[] Entries(Tag tag, ILookup<int, TagUsage> usages) =>
    [
        ("When to apply", tag.WhenToApply), ("Examples", tag.Examples), ("Owner", tag.Owner), ("Contacts", Count(tag)), ("Used by", Users(usages[tag.TagId])),
    ];

    private static string Count(Tag tag) => tag.ContactCount.ToString("N0", CultureInfo.InvariantCulture);

    private static string Users(IEnumerable<TagUsage> usages)
    {
        var users = string.Join(", ", usages.Select(usage => $"{usage.Resource.Replace('_', ' ')} {usage.Name}"));
        return users.Length > 0 ? users : "nothing";
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var character in text.ReplaceLineEndings(" "))
        {
            if (character is '\\' or '`' or '*' or '_' or '{' or '}' or '[' or ']' or '<' or '>' or '(' or ')' or '#' or '+' or '!' or '|' or '&')
            {
                escaped.Append('\\');
            }

            escaped.Append(character);
        }

        return escaped.ToString();
    }
}
