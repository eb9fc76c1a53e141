using System.Globalization;
using System.Net;
using System.Text;
using Crm.Errors.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Tags.Tagging.Usages;

namespace TagSegments.Tags.Tagging.Governance;

/// <summary>
/// Writes the tag dictionary, tag by tag. Names and descriptions are other people's text: each form shows them as they are and runs nothing.
/// </summary>
internal sealed class TagDictionary
{
    /// <summary>The longest dictionary, in characters: what clients read.</summary>
    public const int MaxLength = 4_000_000;

    private readonly StringBuilder _text = new();
    private readonly FirstUsages _usages;
    private readonly bool _html;

    /// <summary>Begins the dictionary of an account.</summary>
    public TagDictionary(string account, FirstUsages usages, GetTagDictionaryRequest.Types.Format format)
    {
        (_usages, _html) = (usages, format == GetTagDictionaryRequest.Types.Format.Html);
        if (!_html)
        {
            _text.Append("# Tags of ").AppendLine(Escape(account)).AppendLine();
            return;
        }

        var title = $"Tags of {WebUtility.HtmlEncode(account)}";
        _text.AppendLine("<!DOCTYPE html>")
            .AppendLine(CultureInfo.InvariantCulture, $"<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body>")
            .AppendLine(CultureInfo.InvariantCulture, $"<h1>{title}</h1>")
            .AppendLine("<table><thead><tr><th>Tag</th><th>Meaning</th><th>When to apply</th><th>Examples</th><th>Owner</th><th>Contacts</th>")
            .AppendLine("<th>Used by</th></tr></thead><tbody>");
    }

    /// <summary>Adds a tag; throws RESOURCE_EXHAUSTED if the dictionary becomes too long.</summary>
    public void Add(Tag tag)
    {
        if (_html)
        {
            AddRow(tag);
        }
        else
        {
            AddSection(tag);
        }

        if (_text.Length > MaxLength)
        {
            throw RpcErrors.Create(
                StatusCode.ResourceExhausted, ErrorReason.MessageTooLarge, $"The dictionary is longer than {MaxLength} characters. List the tags page by page instead.");
        }
    }

    /// <summary>Ends the dictionary and returns it.</summary>
    public string End() => _html ? _text.AppendLine("</tbody></table></body></html>").ToString() : _text.ToString();

    private void AddSection(Tag tag)
    {
        _text.Append("## ").AppendLine(Escape(tag.Name)).AppendLine();
        if (tag.Description.Length > 0)
        {
            _text.AppendLine(Escape(tag.Description)).AppendLine();
        }

        foreach (var (label, value) in Entries(tag).Where(entry => entry.Value.Length > 0))
        {
            _text.AppendLine(CultureInfo.InvariantCulture, $"- **{label}:** {Escape(value)}");
        }

        _text.AppendLine();
    }

    private void AddRow(Tag tag)
    {
        string[] cells = [tag.Name, tag.Description, .. Entries(tag).Select(entry => entry.Value)];
        _text.Append(CultureInfo.InvariantCulture, $"<tr id=\"tag-{tag.TagId}\">")
            .AppendJoin("", cells.Select(cell => $"<td>{WebUtility.HtmlEncode(cell)}</td>")).AppendLine("</tr>");
    }

    private (string Label, string Value)[] Entries(Tag tag) =>
    [
        ("When to apply", tag.WhenToApply), ("Examples", tag.Examples), ("Owner", tag.Owner), ("Contacts", Count(tag)), ("Used by", Users(tag.TagId)),
    ];

    private static string Count(Tag tag) => tag.ContactCount.ToString("N0", CultureInfo.InvariantCulture);

    private string Users(int tagId)
    {
        var (first, more) = _usages.Of(tagId);
        var users = string.Join(", ", first.Select(usage => $"{usage.Resource.Replace('_', ' ')} {usage.Name}"));
        return more > 0 ? string.Create(CultureInfo.InvariantCulture, $"{users} and {more:N0} more") : users.Length > 0 ? users : "nothing";
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
