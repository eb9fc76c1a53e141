using System.Security.Cryptography;
using System.Text.Json;
using TagSegments.Embedded;

namespace TagSegments.Standalone;

/// <summary>The data folder, which outlives the program.</summary>
internal sealed class DataFolder
{
    private readonly string _path;

    private DataFolder(string path, Secrets secrets)
    {
        _path = path;
        Secrets = secrets;
    }

    public string Postgres => Path.Combine(_path, "postgres");

    /// <summary>The file to which the SMTP sink writes the messages it receives.</summary>
    public string Mail => Path.Combine(_path, "mail.jsonl");

    /// <summary>The folder with the keys of the console's cookies.</summary>
    public string ConsoleKeys => Path.Combine(_path, "console-keys");

    public Secrets Secrets { get; }

    /// <summary>The file with the token for everything, if there is authentication.</summary>
    public string Token => Path.Combine(_path, "token");

    /// <summary>Gets the default folder, for example ~/.local/share/tagsegments.</summary>
    public static string Default() => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "tagsegments");

    /// <summary>Writes the token of this start, or removes that of an earlier one.</summary>
    public void KeepToken(string? token)
    {
        File.Delete(Token);
        if (token is null)
            return;

        using var writer = new StreamWriter(Token, OwnerOnly.NewFile());
        writer.Write(token);
    }

    /// <summary>Opens the folder and creates it at the first start.</summary>
    public static DataFolder Open(string path)
    {
        Directory.CreateDirectory(path);
        return new(path, Secrets.Open(Path.Combine(path, "secrets.json")));
    }
}

/// <summary>Passwords and key rings that stay the same, so that tokens and links survive a restart.</summary>
internal sealed record Secrets
{
    public required string RolePassword { get; init; }

    /// <summary>The key of earlier versions, for the links that were made with it.</summary>
    public string? TokenKey { get; init; }

    public string Links { get; init; } = NewRing();

    public string Tokens { get; init; } = NewRing();

    /// <summary>The ring of what the database stores: without it, what is stored cannot be read.</summary>
    public string Stored { get; init; } = NewRing();

    /// <summary>Reads the file. What it does not have, as at the first start, is made and written to it.</summary>
    public static Secrets Open(string file)
    {
        var text = File.Exists(file) ? File.ReadAllText(file) : null;
        var secrets = text is null
            ? new Secrets { RolePassword = RandomNumberGenerator.GetHexString(32) }
            : Read(text) ?? throw new StartException(
                $"{file} is damaged.", "Restore it, or delete it: links in messages already sent will stop working, and workflows' webhook secrets are lost.");
        if (JsonSerializer.Serialize(secrets) is var whole && whole != text)
            Write(file, whole);
        return secrets;
    }

    private static Secrets? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Secrets>(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // The file is whole at any moment.
    private static void Write(string file, string text)
    {
        File.Delete(file + ".new");
        using (var writer = new StreamWriter(file + ".new", OwnerOnly.NewFile()))
            writer.Write(text);
        File.Move(file + ".new", file, overwrite: true);
    }

    private static string NewRing() => $"1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";
}
