using Rsvp.Hosting.Auth;
using Rsvp.Hosting.Database;
using Rsvp.Hosting.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddTokenAuth();
builder.AddPostgres();

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.MapServiceDefaults();
await app.RunAsync();
