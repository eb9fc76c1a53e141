using Crm.Contacts.V1;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>What is wrong with a row: problems that refuse it, and values that are left out of it.</summary>
internal sealed class RowReport(long line, bool dropsBadValues, ICollection<ImportRowError> errors)
{
    private const int MaxValue = 100;

    /// <summary>True if the row is not imported.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>True if values are left out of the row.</summary>
    public bool HasDropped { get; private set; }

    /// <summary>Refuses the row because of a column, or of itself if the column is empty.</summary>
    public void Refuse(string column, string message, string? value = null)
    {
        IsRefused = true;
        Add(column, message, value, dropped: false);
    }

    /// <summary>Reports a value that cannot be read: the import leaves it out if it is told to do so, else the row is refused.</summary>
    public void BadValue(string column, string message, string value)
    {
        if (dropsBadValues)
        {
            Drop(column, message, value);
        }
        else
        {
            Refuse(column, message, value);
        }
    }

    /// <summary>Reports a value that is left out, and not worth a contact.</summary>
    public void Drop(string column, string message, string value)
    {
        HasDropped = true;
        Add(column, message, value, dropped: true);
    }

    private void Add(string column, string message, string? value, bool dropped) => errors.Add(new()
    {
        Line = line,
        Column = column,
        Message = message,
        Value = value is null ? "" : value.Length <= MaxValue ? value : value[..MaxValue] + "…",
        ValueDropped = dropped,
    });
}
