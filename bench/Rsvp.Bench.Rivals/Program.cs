using Rsvp.Bench.Rivals;
using Rsvp.Hosting.Auth;
using Rsvp.Hosting.ServiceDefaults;

// One process serves one design: "Rival:Design" is "row_lock", "guarded_statement" or "nothing".
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddTokenAuth();
string name = builder.Configuration["Rival:Design"] ?? "";
builder.Services.AddSingleton(_ => new Pool(builder.Configuration, sharesConnections: name == Designs.GuardedStatement));
builder.Services.AddSingleton<ISubmitDesign>(services => Designs.Create(name, services.GetRequiredService<Pool>(), services.GetRequiredService<TimeProvider>()));
builder.Services.AddSingleton(TimeProvider.System);

var app = builder.Build();
app.MapServiceDefaults();
app.UseAuthentication();
app.UseAuthorization();
app.MapSubmit();
app.MapPool();
app.Run();
