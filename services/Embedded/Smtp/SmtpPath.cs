using System.Globalization;

namespace TagSegments.Embedded.Smtp;

/// <summary>Reads the arguments of MAIL and RCPT.</summary>
internal static class SmtpPath
{
    /// <summary>Returns the address between the angle brackets after <paramref name="command"/>; null if the line is malformed.</summary>
    public static string? Parse(string line, string command)
    {
        if (!line.StartsWith(command, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var path = line.AsSpan(command.Length).TrimStart();
        var end = path.IndexOf('>');
        return path is ['<', ..] && end > 0 ? path[1..end].ToString() : null;
    }

    /// <summary>Returns the size that MAIL announces; 0 if it does not.</summary>
    public static long Size(string line)
    {
        foreach (var parameter in line.Split(' '))
        {
            if (parameter.StartsWith("SIZE=", StringComparison.OrdinalIgnoreCase) &&
                long.TryParse(parameter.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var size))
            {
                return size;
            }
        }

        return 0;
    }
}
